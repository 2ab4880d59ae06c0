"""What labelling in a team needs: needs of faces, leases, gold, guidelines, suggestions."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


STANDING_ANNOTATIONS = """
CREATE VIEW standing_annotations AS
SELECT a.id, a.face_id, a.annotator_id, coalesce(a.label, a.flag) AS verdict, a.stored_at
FROM annotations AS a
WHERE (a.label IS NOT NULL OR a.flag IS NOT NULL)
AND NOT EXISTS (
    SELECT 1 FROM annotations AS b
    WHERE b.annotator_id = a.annotator_id AND b.face_id = a.face_id AND b.id > a.id
)
AND NOT EXISTS (SELECT 1 FROM sent_back WHERE annotation_id = a.id)
"""

# "Unsure" is a vote that leads nothing. SQLite takes no WITH inside a trigger.
COUNTS = """
SELECT {what} FROM standing_annotations AS s
WHERE s.face_id = face_votes.face_id AND s.verdict != 'unsure'
GROUP BY s.verdict ORDER BY count(*) DESC, s.verdict LIMIT 1
"""
FIRST = COUNTS.format(what="count(*)")
VOTES = f"""
UPDATE face_votes SET
votes = (SELECT count(*) FROM standing_annotations AS s WHERE s.face_id = face_votes.face_id),
lead = coalesce(({FIRST}), 0) - coalesce(({FIRST} OFFSET 1), 0),
leading = ({COUNTS.format(what="s.verdict")})
WHERE {{where}}
"""
FINAL = """
UPDATE face_votes SET is_final = (
    SELECT label IS NOT NULL OR flag IS NOT NULL FROM adjudications AS a
    WHERE a.face_id = face_votes.face_id ORDER BY a.id DESC LIMIT 1
) WHERE {where}
"""
TRIGGERS = [
    (
        "annotations_are_never_changed",
        "BEFORE UPDATE ON annotations",
        "SELECT RAISE(ABORT, 'annotations are never changed: add a row')",
    ),
    (
        "faces_begin_without_votes",
        "AFTER INSERT ON faces",
        "INSERT INTO face_votes (face_id) VALUES (NEW.id)",
    ),
    (
        "annotations_are_counted",
        "AFTER INSERT ON annotations",
        VOTES.format(where="face_id = NEW.face_id"),
    ),
    (
        "sent_back_are_not_counted",
        "AFTER INSERT ON sent_back",
        VOTES.format(
            where="face_id = (SELECT face_id FROM annotations WHERE id = NEW.annotation_id)"
        ),
    ),
    (
        "final_words_are_noted",
        "AFTER INSERT ON adjudications",
        FINAL.format(where="face_id = NEW.face_id"),
    ),
]


def upgrade() -> None:
    op.create_table('changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=100), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['annotators.id'], name=op.f('fk_changes_by_id_annotators')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_changes'))
    )
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_changes_stored_at'), ['stored_at'], unique=False)

    op.create_table('guidelines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['annotators.id'], name=op.f('fk_guidelines_by_id_annotators')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guidelines'))
    )
    op.create_table('examples',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_examples_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_examples'))
    )
    with op.batch_alter_table('examples', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_examples_label'), ['label'], unique=False)

    op.create_table('face_votes',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('votes', sa.Integer(), server_default='0', nullable=False),
    sa.Column('lead', sa.Integer(), server_default='0', nullable=False),
    sa.Column('leading', sa.String(length=32), nullable=True),
    sa.Column('is_final', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('priority', sa.Float(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_face_votes_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_face_votes'))
    )
    with op.batch_alter_table('face_votes', schema=None) as batch_op:
        batch_op.create_index('ix_face_votes_open', ['is_final', 'votes', 'lead'], unique=False)

    op.create_table('gold_faces',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['annotators.id'], name=op.f('fk_gold_faces_by_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_gold_faces_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_gold_faces'))
    )
    with op.batch_alter_table('gold_faces', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gold_faces_label'), ['label'], unique=False)

    op.create_table('leases',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('is_shown', sa.Boolean(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_leases_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_leases_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', 'annotator_id', name=op.f('pk_leases'))
    )
    with op.batch_alter_table('leases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leases_expires_at'), ['expires_at'], unique=False)

    op.create_table('skips',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_skips_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_skips_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', 'annotator_id', name=op.f('pk_skips'))
    )
    op.create_table('suggestions',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=150), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('probabilities', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('share BETWEEN 0 AND 1', name=op.f('ck_suggestions_share')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_suggestions_face_id_faces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('face_id', 'model', name=op.f('pk_suggestions'))
    )
    with op.batch_alter_table('suggestions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suggestions_label'), ['label'], unique=False)

    # Made anew with its checks, which drops its trigger; it comes back below.
    with op.batch_alter_table('annotations', schema=None, recreate='always') as batch_op:
        batch_op.add_column(sa.Column('intensity', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('posing', sa.Enum('genuine', 'posed', name='posing', native_enum=False, create_constraint=True, length=32), nullable=True))
        batch_op.add_column(sa.Column('is_occluded', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('guideline_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('suggested', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='suggested', native_enum=False, create_constraint=True, length=32), nullable=True))
        batch_op.add_column(sa.Column('suggested_by', sa.String(length=200), nullable=True))
        batch_op.create_index('ix_annotations_annotator_stored', ['annotator_id', 'stored_at'], unique=False)
        batch_op.create_index('ix_annotations_stored_at', ['stored_at'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_annotations_guideline_id_guidelines'), 'guidelines', ['guideline_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_annotations_intensity_1_to_5'), 'intensity BETWEEN 1 AND 5')
        batch_op.create_check_constraint(batch_op.f('ck_annotations_suggestion_has_an_origin'), '(suggested IS NULL) = (suggested_by IS NULL)')

    op.create_table('sent_back',
    sa.Column('annotation_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['annotation_id'], ['annotations.id'], name=op.f('fk_sent_back_annotation_id_annotations')),
    sa.ForeignKeyConstraint(['by_id'], ['annotators.id'], name=op.f('fk_sent_back_by_id_annotators')),
    sa.PrimaryKeyConstraint('annotation_id', name=op.f('pk_sent_back'))
    )

    with op.batch_alter_table('annotators', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('oidc_subject', sa.String(length=300), nullable=True))
        batch_op.create_index(batch_op.f('ix_annotators_email'), ['email'], unique=True)
        batch_op.create_index(batch_op.f('ix_annotators_oidc_subject'), ['oidc_subject'], unique=True)

    with op.batch_alter_table('settings', schema=None, recreate='always') as batch_op:
        batch_op.add_column(sa.Column('consensus', sa.Enum('majority', 'weighted', 'dawid-skene', name='consensusmethod', native_enum=False, create_constraint=True, length=32), server_default='majority', nullable=False))
        batch_op.add_column(sa.Column('first_votes', sa.Integer(), server_default='2', nullable=False))
        batch_op.add_column(sa.Column('lead_by', sa.Integer(), server_default='2', nullable=False))
        batch_op.add_column(sa.Column('most_votes', sa.Integer(), server_default='5', nullable=False))
        batch_op.add_column(sa.Column('face_order', sa.Enum('random', 'need', name='order', native_enum=False, create_constraint=True, length=32), server_default='random', nullable=False))
        batch_op.add_column(sa.Column('gold_share', sa.Double(), server_default='0.1', nullable=False))
        batch_op.add_column(sa.Column('gold_feedback', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('asks_intensity', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('asks_posing', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('asks_occlusion', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('has_verify', sa.Boolean(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('hidden_share', sa.Double(), server_default='0.1', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_settings_overlap'), 'first_votes >= 1 AND most_votes >= first_votes')
        batch_op.create_check_constraint(batch_op.f('ck_settings_lead_by'), 'lead_by >= 0')
        batch_op.create_check_constraint(batch_op.f('ck_settings_gold_share'), 'gold_share >= 0 AND gold_share <= 0.5')
        batch_op.create_check_constraint(batch_op.f('ck_settings_hidden_share'), 'hidden_share >= 0 AND hidden_share <= 1')

    op.execute(STANDING_ANNOTATIONS)
    op.execute("INSERT INTO face_votes (face_id) SELECT id FROM faces")
    op.execute(VOTES.format(where="face_id IN (SELECT face_id FROM annotations)"))
    op.execute(FINAL.format(where="face_id IN (SELECT face_id FROM adjudications)"))
    for name, event, action in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {event} BEGIN {action}; END")

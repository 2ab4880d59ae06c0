"""What real collections say: imports, boxes, sequences, splits, flags, unnamed voters."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


# All that is said of one face and counts: by people who are known, and by crowds. As a view
# it would be counted whole for each face: SQLite looks a face up in each part only where
# each part asks for it.
SAID = """(
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
)"""

# "Unsure" is a vote that leads nothing. SQLite takes no WITH inside a trigger.
COUNTS = f"""
SELECT {{what}} FROM {SAID} WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
"""
FIRST = COUNTS.format(what="sum(voters)")
VOTES = f"""
UPDATE face_votes SET
votes = coalesce((SELECT sum(voters) FROM {SAID}), 0),
lead = coalesce(({FIRST}), 0) - coalesce(({FIRST} OFFSET 1), 0),
leading = ({COUNTS.format(what="verdict")})
WHERE {{where}}
"""
TRIGGERS = [
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
        "crowd_votes_are_counted",
        "AFTER INSERT ON crowd_votes WHEN NEW.face_id IS NOT NULL",
        VOTES.format(where="face_id = NEW.face_id"),
    ),
    (
        "placed_crowd_votes_are_counted",
        "AFTER UPDATE OF face_id ON crowd_votes",
        VOTES.format(where="face_id IN (OLD.face_id, NEW.face_id)"),
    ),
]
EXPRESSIONS = ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')


def upgrade() -> None:
    op.create_table('imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('layout', sa.String(length=50), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_imports_source_id_sources')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_index(op.f('ix_imports_source_id'), 'imports', ['source_id'], unique=False)

    op.create_table('image_boxes',
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('x_min', sa.Double(), nullable=False),
    sa.Column('y_min', sa.Double(), nullable=False),
    sa.Column('x_max', sa.Double(), nullable=False),
    sa.Column('y_max', sa.Double(), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_image_boxes_number_from_1')),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_image_boxes_image_id_images')),
    sa.PrimaryKeyConstraint('image_id', 'number', name=op.f('pk_image_boxes'))
    )
    op.create_table('crowd_votes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('box_number', sa.Integer(), server_default='0', nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('voters', sa.Integer(), nullable=False),
    sa.Column('face_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('voters >= 1', name=op.f('ck_crowd_votes_at_least_one_voter')),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_crowd_votes_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_crowd_votes_face_id_faces'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_crowd_votes_image_id_images')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crowd_votes')),
    sa.UniqueConstraint('image_id', 'box_number', 'annotator_id', 'verdict', name=op.f('uq_crowd_votes_image_id_box_number_annotator_id_verdict'))
    )
    op.create_index(op.f('ix_crowd_votes_face_id'), 'crowd_votes', ['face_id'], unique=False)

    # Columns are added one by one: other tables refer to these two, which must not be made anew.
    op.execute("ALTER TABLE images ADD COLUMN import_id INTEGER CONSTRAINT fk_images_import_id_imports REFERENCES imports (id)")
    for column in (
        sa.Column('stored_sha256', sa.String(length=64), nullable=True),
        sa.Column('holds_crop', sa.Boolean(), server_default='0', nullable=False),
        sa.Column('sequence', sa.String(length=200), nullable=True),
        sa.Column('source_split', sa.String(length=50), nullable=True),
        sa.Column('details', sa.JSON(), nullable=True),
    ):
        op.add_column('images', column)
    op.create_index(op.f('ix_images_sequence'), 'images', ['sequence'], unique=False)
    op.add_column('faces', sa.Column('is_whole', sa.Boolean(), server_default='0', nullable=False))
    op.add_column('faces', sa.Column('box_number', sa.Integer(), nullable=True))

    with op.batch_alter_table('image_labels', schema=None, recreate='always') as batch_op:
        batch_op.add_column(sa.Column('box_number', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('flag', sa.Enum('unsure', 'not a face', 'bad crop', name='flag', native_enum=False, create_constraint=True, length=32), nullable=True))
        batch_op.alter_column('label', existing_type=sa.Enum(*EXPRESSIONS, name='expression', native_enum=False, create_constraint=True, length=32), nullable=True)
        batch_op.drop_constraint('uq_image_labels_image_id_annotator_id', type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_image_labels_image_id_annotator_id_box_number'), ['image_id', 'annotator_id', 'box_number'])
        batch_op.create_check_constraint(batch_op.f('ck_image_labels_label_or_flag'), '(label IS NULL) != (flag IS NULL)')

    for name in ("annotations_are_counted", "sent_back_are_not_counted"):
        op.execute(f"DROP TRIGGER {name}")
    for name, event, action in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {event} BEGIN {action}; END")

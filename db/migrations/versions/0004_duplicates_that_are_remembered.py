"""Duplicates: pairs that were compared, decisions that stay, hashes of images, found subjects."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

MATCHES = ('same pixels', 'looks the same', 'next frame')


def match() -> sa.Enum:
    return sa.Enum(*MATCHES, name='match', native_enum=False, create_constraint=True, length=32)


def face(name: str, table: str, *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    key = op.f(f'fk_{table}_{name}_faces')
    return [
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], ['faces.id'], name=key, ondelete='CASCADE'),
    ]


def upgrade() -> None:
    op.create_table('duplicate_searches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=50), nullable=False),
    sa.Column('distance', sa.Integer(), nullable=False),
    sa.Column('newest_face_id', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_searches'))
    )
    op.create_table('duplicate_pairs',
    *face('first_id', 'duplicate_pairs'),
    *face('second_id', 'duplicate_pairs'),
    sa.Column('match_by', match(), nullable=False),
    sa.Column('distance', sa.Integer(), nullable=False),
    sa.Column('likeness', sa.Double(), nullable=False),
    sa.Column('is_mirrored', sa.Boolean(), nullable=False),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_duplicate_pairs_named_once')),
    sa.CheckConstraint('distance BETWEEN 0 AND 64', name=op.f('ck_duplicate_pairs_distance_in_bits')),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_duplicate_pairs'))
    )
    op.create_index(op.f('ix_duplicate_pairs_second_id'), 'duplicate_pairs', ['second_id'], unique=False)
    op.create_table('duplicate_decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=36), nullable=False),
    sa.Column('ruling', sa.Enum('apart', 'keep', name='ruling', native_enum=False, create_constraint=True, length=32), nullable=False),
    *face('face_id', 'duplicate_decisions'),
    *face('other_id', 'duplicate_decisions', nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("(other_id IS NULL) = (ruling = 'keep')", name=op.f('ck_duplicate_decisions_names_its_faces')),
    sa.CheckConstraint('other_id IS NULL OR face_id < other_id', name=op.f('ck_duplicate_decisions_named_once')),
    sa.ForeignKeyConstraint(['decided_by'], ['annotators.id'], name=op.f('fk_duplicate_decisions_decided_by_annotators')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_decisions'))
    )
    for name in ('act', 'face_id', 'other_id'):
        op.create_index(op.f(f'ix_duplicate_decisions_{name}'), 'duplicate_decisions', [name], unique=False)
    op.create_table('found_subjects',
    *face('face_id', 'found_subjects'),
    sa.Column('subject', sa.String(length=50), nullable=False),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_found_subjects'))
    )
    op.create_index(op.f('ix_found_subjects_subject'), 'found_subjects', ['subject'], unique=False)

    op.rename_table('duplicate_members', 'old_members')
    op.drop_index('ix_duplicate_members_keeper_id', table_name='old_members')
    op.create_table('duplicate_members',
    *face('face_id', 'duplicate_members'),
    *face('keeper_id', 'duplicate_members'),
    sa.Column('match_by', match(), nullable=False),
    sa.Column('distance', sa.Integer(), nullable=False),
    sa.Column('likeness', sa.Double(), nullable=False),
    sa.Column('is_mirrored', sa.Boolean(), nullable=False),
    sa.Column('kept_because', sa.String(length=100), nullable=False),
    sa.CheckConstraint('distance BETWEEN 0 AND 64', name=op.f('ck_duplicate_members_distance_in_bits')),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_duplicate_members'))
    )
    op.create_index(op.f('ix_duplicate_members_keeper_id'), 'duplicate_members', ['keeper_id'], unique=False)
    # 0.93 is what the search of that time asked of pixels; what it measured was not kept.
    op.execute(
        "INSERT INTO duplicate_members SELECT face_id, keeper_id, "
        "CASE WHEN is_exact THEN 'same pixels' ELSE 'looks the same' END, distance, "
        "CASE WHEN is_exact THEN 1.0 ELSE 0.93 END, is_mirrored, '' FROM old_members"
    )
    op.drop_table('old_members')

    for name in ('phash', 'phash_mirrored'):
        op.add_column('images', sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column('faces', sa.Column('look', sa.LargeBinary(), nullable=True))
    op.add_column('settings', sa.Column('finds_subjects', sa.Boolean(), server_default='0', nullable=False))

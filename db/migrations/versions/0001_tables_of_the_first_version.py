"""Make the tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('annotators',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('role', sa.Enum('source', 'annotator', 'reviewer', 'owner', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("role != 'source' OR password_hash IS NULL", name=op.f('ck_annotators_source_has_no_password')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_annotators')),
    sa.UniqueConstraint('name', name=op.f('uq_annotators_name'))
    )
    op.create_table('recipes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipes')),
    sa.UniqueConstraint('sha256', name=op.f('uq_recipes_sha256'))
    )
    op.create_table('settings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('min_votes', sa.Integer(), nullable=False),
    sa.Column('min_share', sa.Double(), nullable=False),
    sa.Column('duplicate_distance', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_settings_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settings'))
    )
    op.create_table('sources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('terms', sa.String(length=1000), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sources')),
    sa.UniqueConstraint('name', name=op.f('uq_sources_name'))
    )
    op.create_table('images',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=1000), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('pixels_sha256', sa.String(length=64), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=True),
    sa.Column('imported_at', sa.DateTime(), nullable=False),
    sa.Column('faces_found_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('width_px > 0 AND height_px > 0', name=op.f('ck_images_has_pixels')),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_images_source_id_sources')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_images')),
    sa.UniqueConstraint('sha256', name=op.f('uq_images_sha256'))
    )
    with op.batch_alter_table('images', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_images_faces_found_at'), ['faces_found_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_images_pixels_sha256'), ['pixels_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_images_source_id'), ['source_id'], unique=False)

    op.create_table('jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=50), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', 'cancelled', name='jobstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('message', sa.String(length=1000), nullable=False),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('is_cancel_requested', sa.Boolean(), nullable=False),
    sa.Column('requested_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=True),
    sa.Column('finished_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('done >= 0 AND total >= 0', name=op.f('ck_jobs_progress_counts')),
    sa.ForeignKeyConstraint(['requested_by'], ['annotators.id'], name=op.f('fk_jobs_requested_by_annotators')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jobs_state'), ['state'], unique=False)

    op.create_table('sign_ins',
    sa.Column('token_sha256', sa.String(length=64), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_sign_ins_annotator_id_annotators')),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_sign_ins'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_ins_annotator_id'), ['annotator_id'], unique=False)

    op.create_table('snapshots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('folder', sa.String(length=300), nullable=False),
    sa.Column('faces', sa.Integer(), nullable=False),
    sa.Column('recipe_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_snapshots_version_from_one')),
    sa.ForeignKeyConstraint(['recipe_id'], ['recipes.id'], name=op.f('fk_snapshots_recipe_id_recipes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshots')),
    sa.UniqueConstraint('folder', name=op.f('uq_snapshots_folder')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_snapshots_name_version'))
    )
    op.create_table('faces',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('x_min', sa.Double(), nullable=False),
    sa.Column('y_min', sa.Double(), nullable=False),
    sa.Column('x_max', sa.Double(), nullable=False),
    sa.Column('y_max', sa.Double(), nullable=False),
    sa.Column('landmarks', sa.JSON(), nullable=True),
    sa.Column('detector', sa.String(length=50), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('quality', sa.JSON(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=True),
    sa.Column('crop_sha256', sa.String(length=64), nullable=False),
    sa.Column('view_sha256', sa.String(length=64), nullable=False),
    sa.Column('phash', sa.BigInteger(), nullable=False),
    sa.Column('phash_mirrored', sa.BigInteger(), nullable=False),
    sa.Column('found_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('confidence >= 0 AND confidence <= 1', name=op.f('ck_faces_confidence_is_a_share')),
    sa.CheckConstraint('x_max > x_min AND y_max > y_min', name=op.f('ck_faces_box_has_area')),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_faces_image_id_images')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faces'))
    )
    with op.batch_alter_table('faces', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faces_crop_sha256'), ['crop_sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_faces_image_id'), ['image_id'], unique=False)
        batch_op.create_index('ix_faces_label_order', ['image_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_faces_subject'), ['subject'], unique=False)

    op.create_table('image_labels',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_image_labels_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_image_labels_image_id_images')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_image_labels')),
    sa.UniqueConstraint('image_id', 'annotator_id', name=op.f('uq_image_labels_image_id_annotator_id'))
    )
    with op.batch_alter_table('image_labels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_image_labels_image_id'), ['image_id'], unique=False)

    op.create_table('job_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_lines_job_id_jobs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_lines'))
    )
    with op.batch_alter_table('job_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_lines_job_id'), ['job_id'], unique=False)

    op.create_table('runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('folder', sa.String(length=300), nullable=False),
    sa.Column('preset', sa.String(length=50), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_runs_job_id_jobs')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['snapshots.id'], name=op.f('fk_runs_snapshot_id_snapshots')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sa.UniqueConstraint('folder', name=op.f('uq_runs_folder'))
    )
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_runs_snapshot_id'), ['snapshot_id'], unique=False)

    op.create_table('adjudications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('flag', sa.Enum('unsure', 'not a face', 'bad crop', name='flag', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('label IS NULL OR flag IS NULL', name=op.f('ck_adjudications_label_or_flag')),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_adjudications_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_adjudications_face_id_faces')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adjudications'))
    )
    with op.batch_alter_table('adjudications', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_adjudications_face_id'), ['face_id'], unique=False)

    op.create_table('annotations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('annotator_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Enum('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', name='expression', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('flag', sa.Enum('unsure', 'not a face', 'bad crop', name='flag', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('pressed_at', sa.DateTime(), nullable=True),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('label IS NULL OR flag IS NULL', name=op.f('ck_annotations_label_or_flag')),
    sa.ForeignKeyConstraint(['annotator_id'], ['annotators.id'], name=op.f('fk_annotations_annotator_id_annotators')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_annotations_face_id_faces')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_annotations')),
    sa.UniqueConstraint('uuid', name=op.f('uq_annotations_uuid'))
    )
    with op.batch_alter_table('annotations', schema=None) as batch_op:
        batch_op.create_index('ix_annotations_annotator_face', ['annotator_id', 'face_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_annotations_face_id'), ['face_id'], unique=False)

    op.create_table('duplicate_members',
    sa.Column('face_id', sa.Integer(), nullable=False),
    sa.Column('keeper_id', sa.Integer(), nullable=False),
    sa.Column('distance', sa.Integer(), nullable=False),
    sa.Column('is_exact', sa.Boolean(), nullable=False),
    sa.Column('is_mirrored', sa.Boolean(), nullable=False),
    sa.CheckConstraint('distance BETWEEN 0 AND 64', name=op.f('ck_duplicate_members_distance_in_bits')),
    sa.ForeignKeyConstraint(['face_id'], ['faces.id'], name=op.f('fk_duplicate_members_face_id_faces')),
    sa.ForeignKeyConstraint(['keeper_id'], ['faces.id'], name=op.f('fk_duplicate_members_keeper_id_faces')),
    sa.PrimaryKeyConstraint('face_id', name=op.f('pk_duplicate_members'))
    )
    with op.batch_alter_table('duplicate_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_members_keeper_id'), ['keeper_id'], unique=False)

    for table in ("annotations", "adjudications"):
        op.execute(
            f"CREATE TRIGGER {table}_are_never_changed BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are never changed: add a row'); END"
        )


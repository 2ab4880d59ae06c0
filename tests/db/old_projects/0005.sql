BEGIN TRANSACTION;
CREATE TABLE adjudications (
	id INTEGER NOT NULL, 
	face_id INTEGER NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	label VARCHAR(32), 
	flag VARCHAR(32), 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_adjudications PRIMARY KEY (id), 
	CONSTRAINT ck_adjudications_label_or_flag CHECK (label IS NULL OR flag IS NULL), 
	CONSTRAINT fk_adjudications_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_adjudications_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id), 
	CONSTRAINT ck_adjudications_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')), 
	CONSTRAINT ck_adjudications_flag CHECK (flag IN ('unsure', 'not a face', 'bad crop'))
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE "annotations" (
	id INTEGER NOT NULL, 
	uuid VARCHAR(36) NOT NULL, 
	face_id INTEGER NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	label VARCHAR(32), 
	flag VARCHAR(32), 
	pressed_at DATETIME, 
	stored_at DATETIME NOT NULL, 
	intensity INTEGER, 
	posing VARCHAR(32), 
	is_occluded BOOLEAN, 
	guideline_id INTEGER, 
	suggested VARCHAR(32), 
	suggested_by VARCHAR(200), 
	CONSTRAINT pk_annotations PRIMARY KEY (id), 
	CONSTRAINT ck_annotations_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')), 
	CONSTRAINT fk_annotations_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT ck_annotations_label_or_flag CHECK (label IS NULL OR flag IS NULL), 
	CONSTRAINT uq_annotations_uuid UNIQUE (uuid), 
	CONSTRAINT fk_annotations_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id), 
	CONSTRAINT ck_annotations_flag CHECK (flag IN ('unsure', 'not a face', 'bad crop')), 
	CONSTRAINT ck_annotations_posing CHECK (posing IN ('genuine', 'posed')), 
	CONSTRAINT ck_annotations_suggested CHECK (suggested IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')), 
	CONSTRAINT fk_annotations_guideline_id_guidelines FOREIGN KEY(guideline_id) REFERENCES guidelines (id), 
	CONSTRAINT ck_annotations_intensity_1_to_5 CHECK (intensity BETWEEN 1 AND 5), 
	CONSTRAINT ck_annotations_suggestion_has_an_origin CHECK ((suggested IS NULL) = (suggested_by IS NULL))
);
INSERT INTO "annotations" VALUES(1,'test-0',1,1,'sad',NULL,NULL,'2026-11-23 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "annotations" VALUES(2,'test-1',1,1,'fear',NULL,NULL,'2026-11-23 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "annotations" VALUES(3,'test-2',2,1,NULL,'unsure',NULL,'2026-11-23 12:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE annotators (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, email VARCHAR(200), oidc_subject VARCHAR(300), 
	CONSTRAINT pk_annotators PRIMARY KEY (id), 
	CONSTRAINT ck_annotators_source_has_no_password CHECK (role != 'source' OR password_hash IS NULL), 
	CONSTRAINT uq_annotators_name UNIQUE (name), 
	CONSTRAINT ck_annotators_role CHECK (role IN ('source', 'annotator', 'reviewer', 'owner'))
);
INSERT INTO "annotators" VALUES(1,'ann','annotator',NULL,'2026-11-23 12:00:00.000000',NULL,NULL,NULL);
CREATE TABLE changes (
	id INTEGER NOT NULL, 
	by_id INTEGER, 
	what VARCHAR(100) NOT NULL, 
	details JSON NOT NULL, 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY (id), 
	CONSTRAINT fk_changes_by_id_annotators FOREIGN KEY(by_id) REFERENCES annotators (id)
);
CREATE TABLE crowd_votes (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	box_number INTEGER DEFAULT '0' NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	verdict VARCHAR(32) NOT NULL, 
	voters INTEGER NOT NULL, 
	face_id INTEGER, 
	CONSTRAINT pk_crowd_votes PRIMARY KEY (id), 
	CONSTRAINT ck_crowd_votes_at_least_one_voter CHECK (voters >= 1), 
	CONSTRAINT fk_crowd_votes_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_crowd_votes_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE SET NULL, 
	CONSTRAINT fk_crowd_votes_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT uq_crowd_votes_image_id_box_number_annotator_id_verdict UNIQUE (image_id, box_number, annotator_id, verdict)
);
INSERT INTO "crowd_votes" VALUES(1,1,1,1,'happy',7,NULL);
CREATE TABLE duplicate_decisions (
	id INTEGER NOT NULL, 
	act VARCHAR(36) NOT NULL, 
	ruling VARCHAR(32) NOT NULL, 
	face_id INTEGER NOT NULL, 
	other_id INTEGER, 
	decided_by INTEGER, 
	decided_at DATETIME NOT NULL, 
	undone_at DATETIME, 
	CONSTRAINT pk_duplicate_decisions PRIMARY KEY (id), 
	CONSTRAINT fk_duplicate_decisions_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT fk_duplicate_decisions_other_id_faces FOREIGN KEY(other_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_duplicate_decisions_names_its_faces CHECK ((other_id IS NULL) = (ruling = 'keep')), 
	CONSTRAINT ck_duplicate_decisions_named_once CHECK (other_id IS NULL OR face_id < other_id), 
	CONSTRAINT fk_duplicate_decisions_decided_by_annotators FOREIGN KEY(decided_by) REFERENCES annotators (id), 
	CONSTRAINT ck_duplicate_decisions_ruling CHECK (ruling IN ('apart', 'keep'))
);
INSERT INTO "duplicate_decisions" VALUES(1,'a','keep',1,NULL,1,'2026-11-27 22:00:00.000000',NULL);
CREATE TABLE duplicate_members (
	face_id INTEGER NOT NULL, 
	keeper_id INTEGER NOT NULL, 
	match_by VARCHAR(32) NOT NULL, 
	distance INTEGER NOT NULL, 
	likeness DOUBLE NOT NULL, 
	is_mirrored BOOLEAN NOT NULL, 
	kept_because VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_duplicate_members PRIMARY KEY (face_id), 
	CONSTRAINT fk_duplicate_members_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT fk_duplicate_members_keeper_id_faces FOREIGN KEY(keeper_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_duplicate_members_distance_in_bits CHECK (distance BETWEEN 0 AND 64), 
	CONSTRAINT ck_duplicate_members_match CHECK (match_by IN ('same pixels', 'looks the same', 'next frame'))
);
CREATE TABLE duplicate_pairs (
	first_id INTEGER NOT NULL, 
	second_id INTEGER NOT NULL, 
	match_by VARCHAR(32) NOT NULL, 
	distance INTEGER NOT NULL, 
	likeness DOUBLE NOT NULL, 
	is_mirrored BOOLEAN NOT NULL, 
	CONSTRAINT pk_duplicate_pairs PRIMARY KEY (first_id, second_id), 
	CONSTRAINT fk_duplicate_pairs_first_id_faces FOREIGN KEY(first_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT fk_duplicate_pairs_second_id_faces FOREIGN KEY(second_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_duplicate_pairs_named_once CHECK (first_id < second_id), 
	CONSTRAINT ck_duplicate_pairs_distance_in_bits CHECK (distance BETWEEN 0 AND 64), 
	CONSTRAINT ck_duplicate_pairs_match CHECK (match_by IN ('same pixels', 'looks the same', 'next frame'))
);
INSERT INTO "duplicate_pairs" VALUES(1,2,'looks the same',4,0.99,0);
CREATE TABLE duplicate_searches (
	id INTEGER NOT NULL, 
	method VARCHAR(50) NOT NULL, 
	distance INTEGER NOT NULL, 
	newest_face_id INTEGER NOT NULL, 
	finished_at DATETIME NOT NULL, 
	CONSTRAINT pk_duplicate_searches PRIMARY KEY (id)
);
INSERT INTO "duplicate_searches" VALUES(1,'phash, crops 1',12,2,'2026-11-27 22:00:00.000000');
CREATE TABLE erasures (
	id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	newest_face_id INTEGER NOT NULL, 
	newest_image_id INTEGER NOT NULL, 
	blobs JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_erasures PRIMARY KEY (id)
);
INSERT INTO "erasures" VALUES(1,'face',3,3,'[]','2026-11-28 03:00:00.000000','2026-11-28 03:00:01.000000');
CREATE TABLE examples (
	face_id INTEGER NOT NULL, 
	label VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_examples PRIMARY KEY (face_id), 
	CONSTRAINT fk_examples_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_examples_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'))
);
CREATE TABLE face_votes (
	face_id INTEGER NOT NULL, 
	votes INTEGER DEFAULT '0' NOT NULL, 
	lead INTEGER DEFAULT '0' NOT NULL, 
	leading VARCHAR(32), 
	is_final BOOLEAN DEFAULT '0' NOT NULL, 
	priority FLOAT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_face_votes PRIMARY KEY (face_id), 
	CONSTRAINT fk_face_votes_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE
);
INSERT INTO "face_votes" VALUES(1,1,1,'fear',0,0.0);
INSERT INTO "face_votes" VALUES(2,1,0,NULL,0,0.0);
CREATE TABLE faces (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	x_min DOUBLE NOT NULL, 
	y_min DOUBLE NOT NULL, 
	x_max DOUBLE NOT NULL, 
	y_max DOUBLE NOT NULL, 
	landmarks JSON, 
	detector VARCHAR(50) NOT NULL, 
	confidence DOUBLE NOT NULL, 
	quality JSON NOT NULL, 
	subject VARCHAR(200), 
	crop_sha256 VARCHAR(64) NOT NULL, 
	view_sha256 VARCHAR(64) NOT NULL, 
	phash BIGINT NOT NULL, 
	phash_mirrored BIGINT NOT NULL, 
	found_at DATETIME NOT NULL, is_whole BOOLEAN DEFAULT '0' NOT NULL, box_number INTEGER, 
	CONSTRAINT pk_faces PRIMARY KEY (id), 
	CONSTRAINT ck_faces_confidence_is_a_share CHECK (confidence >= 0 AND confidence <= 1), 
	CONSTRAINT ck_faces_box_has_area CHECK (x_max > x_min AND y_max > y_min), 
	CONSTRAINT fk_faces_image_id_images FOREIGN KEY(image_id) REFERENCES images (id)
);
INSERT INTO "faces" VALUES(1,1,0.0,0.0,75.0,75.0,'null','none',1.0,'{}',NULL,'604ee7d6f6be627dccbfaa5f94bbafe472d67b629ea60b75411252a6837bc27c','7a8ab4f53f663282ba8b3385117adaba36091df8165aa99f11a70a0019d7672f',-943127936795897124,-6361330667365808247,'2026-11-23 12:00:00.000000',0,NULL);
INSERT INTO "faces" VALUES(2,2,0.0,0.0,75.0,75.0,'null','none',1.0,'{}','eva','4b257574f98208f9b11d6de76aa2f74d940cbbe38b9dafc12e13eefa2e57215f','0b06bf83f9d7abc5b8257f1dd0bf591195f8f9102bf7b00edf9a645c9b8f298a',-8235187232044819421,-2818152148088223374,'2026-11-23 12:00:00.000000',0,NULL);
CREATE TABLE found_subjects (
	face_id INTEGER NOT NULL, 
	subject VARCHAR(50) NOT NULL, 
	CONSTRAINT pk_found_subjects PRIMARY KEY (face_id), 
	CONSTRAINT fk_found_subjects_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE
);
INSERT INTO "found_subjects" VALUES(1,'p1');
CREATE TABLE gold_faces (
	face_id INTEGER NOT NULL, 
	label VARCHAR(32) NOT NULL, 
	by_id INTEGER NOT NULL, 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_gold_faces PRIMARY KEY (face_id), 
	CONSTRAINT fk_gold_faces_by_id_annotators FOREIGN KEY(by_id) REFERENCES annotators (id), 
	CONSTRAINT fk_gold_faces_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_gold_faces_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'))
);
CREATE TABLE guidelines (
	id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	by_id INTEGER NOT NULL, 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_guidelines PRIMARY KEY (id), 
	CONSTRAINT fk_guidelines_by_id_annotators FOREIGN KEY(by_id) REFERENCES annotators (id)
);
CREATE TABLE image_boxes (
	image_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	x_min DOUBLE NOT NULL, 
	y_min DOUBLE NOT NULL, 
	x_max DOUBLE NOT NULL, 
	y_max DOUBLE NOT NULL, 
	CONSTRAINT pk_image_boxes PRIMARY KEY (image_id, number), 
	CONSTRAINT ck_image_boxes_number_from_1 CHECK (number >= 1), 
	CONSTRAINT fk_image_boxes_image_id_images FOREIGN KEY(image_id) REFERENCES images (id)
);
INSERT INTO "image_boxes" VALUES(1,1,1.0,2.0,30.0,40.0);
CREATE TABLE "image_labels" (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	label VARCHAR(32), 
	box_number INTEGER DEFAULT '0' NOT NULL, 
	flag VARCHAR(32), 
	CONSTRAINT pk_image_labels PRIMARY KEY (id), 
	CONSTRAINT fk_image_labels_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT ck_image_labels_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')), 
	CONSTRAINT fk_image_labels_image_id_images FOREIGN KEY(image_id) REFERENCES images (id), 
	CONSTRAINT ck_image_labels_flag CHECK (flag IN ('unsure', 'not a face', 'bad crop')), 
	CONSTRAINT uq_image_labels_image_id_annotator_id_box_number UNIQUE (image_id, annotator_id, box_number), 
	CONSTRAINT ck_image_labels_label_or_flag CHECK ((label IS NULL) != (flag IS NULL))
);
CREATE TABLE images (
	id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	name VARCHAR(1000) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	pixels_sha256 VARCHAR(64) NOT NULL, 
	width_px INTEGER NOT NULL, 
	height_px INTEGER NOT NULL, 
	subject VARCHAR(200), 
	imported_at DATETIME NOT NULL, 
	faces_found_at DATETIME, import_id INTEGER CONSTRAINT fk_images_import_id_imports REFERENCES imports (id), stored_sha256 VARCHAR(64), holds_crop BOOLEAN DEFAULT '0' NOT NULL, sequence VARCHAR(200), source_split VARCHAR(50), details JSON, phash BIGINT, phash_mirrored BIGINT, 
	CONSTRAINT pk_images PRIMARY KEY (id), 
	CONSTRAINT ck_images_has_pixels CHECK (width_px > 0 AND height_px > 0), 
	CONSTRAINT fk_images_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id), 
	CONSTRAINT uq_images_sha256 UNIQUE (sha256)
);
INSERT INTO "images" VALUES(1,1,'1.png','1df698bb81f3fda1e1e769b126ae357038dcc535a1cff14c80ebce79d06bfe46','8cf33946ca1603e48ac2b080748c8ebe291949dd3b34b1c103f37b0f9ed70ee3',75,75,NULL,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',1,NULL,0,'S001_001','Training','{"angle": "frontal"}',5,6);
INSERT INTO "images" VALUES(2,1,'2.png','fee6ef641de814ae6af870ba5de44789d6d22406bb854b25d5202a68a8b93e20','fc2ca63787fb38b44037c1c64b51672b84d4aa47393919c7bc3ab7bb9695e97f',75,75,'eva','2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE imports (
	id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	layout VARCHAR(50) NOT NULL, 
	choices JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	CONSTRAINT pk_imports PRIMARY KEY (id), 
	CONSTRAINT fk_imports_source_id_sources FOREIGN KEY(source_id) REFERENCES sources (id)
);
INSERT INTO "imports" VALUES(1,1,'photos','{"detector": "yunet", "holds_crops": false}','2026-11-23 12:00:00.000000');
CREATE TABLE job_lines (
	id INTEGER NOT NULL, 
	job_id INTEGER NOT NULL, 
	written_at DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_job_lines PRIMARY KEY (id), 
	CONSTRAINT fk_job_lines_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id)
);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	kind VARCHAR(50) NOT NULL, 
	arguments JSON NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	message VARCHAR(1000) NOT NULL, 
	result JSON, 
	is_cancel_requested BOOLEAN NOT NULL, 
	requested_by INTEGER, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT ck_jobs_progress_counts CHECK (done >= 0 AND total >= 0), 
	CONSTRAINT fk_jobs_requested_by_annotators FOREIGN KEY(requested_by) REFERENCES annotators (id), 
	CONSTRAINT ck_jobs_jobstate CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
CREATE TABLE leases (
	face_id INTEGER NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	expires_at DATETIME NOT NULL, 
	is_shown BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (face_id, annotator_id), 
	CONSTRAINT fk_leases_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_leases_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE
);
CREATE TABLE recipes (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	choices JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_recipes PRIMARY KEY (id), 
	CONSTRAINT uq_recipes_sha256 UNIQUE (sha256)
);
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	snapshot_id INTEGER, 
	job_id INTEGER, 
	folder VARCHAR(300) NOT NULL, 
	preset VARCHAR(50) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT fk_runs_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT fk_runs_snapshot_id_snapshots FOREIGN KEY(snapshot_id) REFERENCES snapshots (id), 
	CONSTRAINT uq_runs_folder UNIQUE (folder)
);
CREATE TABLE sent_back (
	annotation_id INTEGER NOT NULL, 
	by_id INTEGER NOT NULL, 
	note VARCHAR(500) NOT NULL, 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_sent_back PRIMARY KEY (annotation_id), 
	CONSTRAINT fk_sent_back_annotation_id_annotations FOREIGN KEY(annotation_id) REFERENCES annotations (id), 
	CONSTRAINT fk_sent_back_by_id_annotators FOREIGN KEY(by_id) REFERENCES annotators (id)
);
CREATE TABLE "settings" (
	id INTEGER NOT NULL, 
	min_votes INTEGER NOT NULL, 
	min_share DOUBLE NOT NULL, 
	duplicate_distance INTEGER NOT NULL, 
	consensus VARCHAR(32) DEFAULT 'majority' NOT NULL, 
	first_votes INTEGER DEFAULT '2' NOT NULL, 
	lead_by INTEGER DEFAULT '2' NOT NULL, 
	most_votes INTEGER DEFAULT '5' NOT NULL, 
	face_order VARCHAR(32) DEFAULT 'random' NOT NULL, 
	gold_share DOUBLE DEFAULT '0.1' NOT NULL, 
	gold_feedback BOOLEAN DEFAULT '0' NOT NULL, 
	asks_intensity BOOLEAN DEFAULT '0' NOT NULL, 
	asks_posing BOOLEAN DEFAULT '0' NOT NULL, 
	asks_occlusion BOOLEAN DEFAULT '0' NOT NULL, 
	has_verify BOOLEAN DEFAULT '1' NOT NULL, 
	hidden_share DOUBLE DEFAULT '0.1' NOT NULL, finds_subjects BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY (id), 
	CONSTRAINT ck_settings_one_row CHECK (id = 1), 
	CONSTRAINT ck_settings_consensusmethod CHECK (consensus IN ('majority', 'weighted', 'dawid-skene')), 
	CONSTRAINT ck_settings_order CHECK (face_order IN ('random', 'need')), 
	CONSTRAINT ck_settings_overlap CHECK (first_votes >= 1 AND most_votes >= first_votes), 
	CONSTRAINT ck_settings_lead_by CHECK (lead_by >= 0), 
	CONSTRAINT ck_settings_gold_share CHECK (gold_share >= 0 AND gold_share <= 0.5), 
	CONSTRAINT ck_settings_hidden_share CHECK (hidden_share >= 0 AND hidden_share <= 1)
);
CREATE TABLE sign_ins (
	token_sha256 VARCHAR(64) NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	csrf_token VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_ins PRIMARY KEY (token_sha256), 
	CONSTRAINT fk_sign_ins_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id)
);
CREATE TABLE skips (
	face_id INTEGER NOT NULL, 
	annotator_id INTEGER NOT NULL, 
	stored_at DATETIME NOT NULL, 
	CONSTRAINT pk_skips PRIMARY KEY (face_id, annotator_id), 
	CONSTRAINT fk_skips_annotator_id_annotators FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_skips_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE
);
CREATE TABLE snapshots (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	version INTEGER NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	folder VARCHAR(300) NOT NULL, 
	faces INTEGER NOT NULL, 
	recipe_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (id), 
	CONSTRAINT ck_snapshots_version_from_one CHECK (version > 0), 
	CONSTRAINT fk_snapshots_recipe_id_recipes FOREIGN KEY(recipe_id) REFERENCES recipes (id), 
	CONSTRAINT uq_snapshots_folder UNIQUE (folder), 
	CONSTRAINT uq_snapshots_name_version UNIQUE (name, version)
);
CREATE TABLE sources (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	terms VARCHAR(1000) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sources PRIMARY KEY (id), 
	CONSTRAINT uq_sources_name UNIQUE (name)
);
INSERT INTO "sources" VALUES(1,'drawn','CC0-1.0','2026-11-23 12:00:00.000000');
CREATE TABLE suggestions (
	face_id INTEGER NOT NULL, 
	model VARCHAR(150) NOT NULL, 
	label VARCHAR(32) NOT NULL, 
	share DOUBLE NOT NULL, 
	probabilities JSON NOT NULL, 
	made_at DATETIME NOT NULL, 
	CONSTRAINT pk_suggestions PRIMARY KEY (face_id, model), 
	CONSTRAINT ck_suggestions_share CHECK (share BETWEEN 0 AND 1), 
	CONSTRAINT fk_suggestions_face_id_faces FOREIGN KEY(face_id) REFERENCES faces (id) ON DELETE CASCADE, 
	CONSTRAINT ck_suggestions_expression CHECK (label IN ('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'))
);
CREATE TABLE tombstones (
	sha256 VARCHAR(64) NOT NULL, 
	erased_at DATETIME NOT NULL, 
	CONSTRAINT pk_tombstones PRIMARY KEY (sha256)
);
INSERT INTO "tombstones" VALUES('abababababababababababababababababababababababababababababababab','2026-11-28 03:00:00.000000');
CREATE INDEX ix_images_faces_found_at ON images (faces_found_at);
CREATE INDEX ix_images_pixels_sha256 ON images (pixels_sha256);
CREATE INDEX ix_images_source_id ON images (source_id);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_sign_ins_annotator_id ON sign_ins (annotator_id);
CREATE INDEX ix_faces_crop_sha256 ON faces (crop_sha256);
CREATE INDEX ix_faces_image_id ON faces (image_id);
CREATE INDEX ix_faces_label_order ON faces (image_id, id);
CREATE INDEX ix_faces_subject ON faces (subject);
CREATE INDEX ix_job_lines_job_id ON job_lines (job_id);
CREATE INDEX ix_runs_snapshot_id ON runs (snapshot_id);
CREATE INDEX ix_adjudications_face_id ON adjudications (face_id);
CREATE TRIGGER adjudications_are_never_changed BEFORE UPDATE ON adjudications BEGIN SELECT RAISE(ABORT, 'adjudications are never changed: add a row'); END;
CREATE INDEX ix_changes_stored_at ON changes (stored_at);
CREATE INDEX ix_examples_label ON examples (label);
CREATE INDEX ix_face_votes_open ON face_votes (is_final, votes, lead);
CREATE INDEX ix_gold_faces_label ON gold_faces (label);
CREATE INDEX ix_leases_expires_at ON leases (expires_at);
CREATE INDEX ix_suggestions_label ON suggestions (label);
CREATE INDEX ix_annotations_annotator_face ON annotations (annotator_id, face_id);
CREATE INDEX ix_annotations_face_id ON annotations (face_id);
CREATE INDEX ix_annotations_annotator_stored ON annotations (annotator_id, stored_at);
CREATE INDEX ix_annotations_stored_at ON annotations (stored_at);
CREATE UNIQUE INDEX ix_annotators_email ON annotators (email);
CREATE UNIQUE INDEX ix_annotators_oidc_subject ON annotators (oidc_subject);
CREATE VIEW standing_annotations AS
SELECT a.id, a.face_id, a.annotator_id, coalesce(a.label, a.flag) AS verdict, a.stored_at
FROM annotations AS a
WHERE (a.label IS NOT NULL OR a.flag IS NOT NULL)
AND NOT EXISTS (
    SELECT 1 FROM annotations AS b
    WHERE b.annotator_id = a.annotator_id AND b.face_id = a.face_id AND b.id > a.id
)
AND NOT EXISTS (SELECT 1 FROM sent_back WHERE annotation_id = a.id);
CREATE TRIGGER annotations_are_never_changed BEFORE UPDATE ON annotations BEGIN SELECT RAISE(ABORT, 'annotations are never changed: add a row'); END;
CREATE TRIGGER faces_begin_without_votes AFTER INSERT ON faces BEGIN INSERT INTO face_votes (face_id) VALUES (NEW.id); END;
CREATE TRIGGER final_words_are_noted AFTER INSERT ON adjudications BEGIN 
UPDATE face_votes SET is_final = (
    SELECT label IS NOT NULL OR flag IS NOT NULL FROM adjudications AS a
    WHERE a.face_id = face_votes.face_id ORDER BY a.id DESC LIMIT 1
) WHERE face_id = NEW.face_id
; END;
CREATE INDEX ix_imports_source_id ON imports (source_id);
CREATE INDEX ix_crowd_votes_face_id ON crowd_votes (face_id);
CREATE INDEX ix_images_sequence ON images (sequence);
CREATE INDEX ix_image_labels_image_id ON image_labels (image_id);
CREATE TRIGGER annotations_are_counted AFTER INSERT ON annotations BEGIN 
UPDATE face_votes SET
votes = coalesce((SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
)), 0),
lead = coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
), 0) - coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
 OFFSET 1), 0),
leading = (
SELECT verdict FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
)
WHERE face_id = NEW.face_id
; END;
CREATE TRIGGER sent_back_are_not_counted AFTER INSERT ON sent_back BEGIN 
UPDATE face_votes SET
votes = coalesce((SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
)), 0),
lead = coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
), 0) - coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
 OFFSET 1), 0),
leading = (
SELECT verdict FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
)
WHERE face_id = (SELECT face_id FROM annotations WHERE id = NEW.annotation_id)
; END;
CREATE TRIGGER crowd_votes_are_counted AFTER INSERT ON crowd_votes WHEN NEW.face_id IS NOT NULL BEGIN 
UPDATE face_votes SET
votes = coalesce((SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
)), 0),
lead = coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
), 0) - coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
 OFFSET 1), 0),
leading = (
SELECT verdict FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
)
WHERE face_id = NEW.face_id
; END;
CREATE TRIGGER placed_crowd_votes_are_counted AFTER UPDATE OF face_id ON crowd_votes BEGIN 
UPDATE face_votes SET
votes = coalesce((SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
)), 0),
lead = coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
), 0) - coalesce((
SELECT sum(voters) FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
 OFFSET 1), 0),
leading = (
SELECT verdict FROM (
    SELECT verdict, 1 AS voters FROM standing_annotations
    WHERE face_id = face_votes.face_id
    UNION ALL
    SELECT verdict, voters FROM crowd_votes WHERE face_id = face_votes.face_id
) WHERE verdict != 'unsure'
GROUP BY verdict ORDER BY sum(voters) DESC, verdict LIMIT 1
)
WHERE face_id IN (OLD.face_id, NEW.face_id)
; END;
CREATE INDEX ix_duplicate_pairs_second_id ON duplicate_pairs (second_id);
CREATE INDEX ix_duplicate_decisions_act ON duplicate_decisions (act);
CREATE INDEX ix_duplicate_decisions_face_id ON duplicate_decisions (face_id);
CREATE INDEX ix_duplicate_decisions_other_id ON duplicate_decisions (other_id);
CREATE INDEX ix_found_subjects_subject ON found_subjects (subject);
CREATE INDEX ix_duplicate_members_keeper_id ON duplicate_members (keeper_id);
COMMIT;

"""One small collection in the true layout of each source, and what is to be read of it."""

from tests.steps.importing.sources.makers import Sample, Told, pixels

_FERPLUS_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)
_FER2013_ROWS = (
    "emotion,pixels,Usage\n"
    f"3,{pixels(10)},Training\n"
    f"0,{pixels(20)},Training\n"
    f"6,{pixels(30)},PublicTest\n"
)

SAMPLES: dict[str, Sample] = {
    # FER+ passes over the second line, so that the third is called 1: lines count, not names.
    "fer2013": Sample(
        files={
            "fer2013/fer2013.csv": _FER2013_ROWS,
            "fer2013new.csv": f"{_FERPLUS_HEADER}\n"
            "Training,fer0000000.png,1,9,0,0,0,0,0,0,0,0\n"
            "Training,,0,0,0,0,0,0,0,0,0,10\n"
            "PublicTest,fer0000001.png,3,2,0,0,0,0,0,5,0,0\n",
        },
        told={
            "fer2013/fer2013.csv/fer2013_00000.png": Told(
                "happy, neutral x1 by FER+, happy x9 by FER+", split="Training"
            ),
            "fer2013/fer2013.csv/fer2013_00001.png": Told(
                "angry, not a face x10 by FER+", split="Training"
            ),
            "fer2013/fer2013.csv/fer2013_00002.png": Told(
                "neutral, neutral x3 by FER+, happy x2 by FER+, unsure x5 by FER+",
                split="PublicTest",
            ),
        },
        issues=("'contempt': is none of the seven labels (5 votes); its votes count as unsure.",),
        bad_files={
            "fer2013/fer2013.csv": f"{_FER2013_ROWS}"
            f"4,{pixels(40, 2303)},PrivateTest\n"
            f"4,{pixels(256)},PrivateTest\n"
            f"4,x{pixels(40)},PrivateTest\n"
            f"4,{pixels(50)},PrivateTest\n",
        },
        bad_told={
            "fer2013/fer2013.csv/fer2013_00006.png": Told("sad", split="PrivateTest"),
        },
        bad_issues=(
            "fer2013/fer2013.csv, line 5: has 2,303 pixels; 48 x 48 were expected.",
            "fer2013/fer2013.csv, line 6: holds a pixel that is no whole number from 0 to 255.",
            "fer2013/fer2013.csv, line 7: holds a pixel that is no whole number from 0 to 255.",
        ),
    ),
    "ck-plus": Sample(
        files={
            "cohn-kanade-images/S005/001/S005_001_00000001.png": None,
            "cohn-kanade-images/S005/001/S005_001_00000010.png": None,
            "cohn-kanade-images/S005/001/S005_001_00000011.png": None,
            "cohn-kanade-images/S138/004/S138_004_00000013.png": None,
            "cohn-kanade-images/S138/005/S138_005_00000002.png": None,
            "Emotion/S005/001/S005_001_00000011_emotion.txt": "   3.0000000e+00\n",
            "Emotion/S138/004/S138_004_00000013_emotion.txt": "   2.0000000e+00\n",
            "Landmarks/S005/001/S005_001_00000001_landmarks.txt": "   2.1e+02   2.3e+02\n",
        },
        told={
            "cohn-kanade-images/S005/001/S005_001_00000001.png": Told("", "S005", "S005_001"),
            "cohn-kanade-images/S005/001/S005_001_00000010.png": Told("", "S005", "S005_001"),
            "cohn-kanade-images/S005/001/S005_001_00000011.png": Told(
                "disgust", "S005", "S005_001"
            ),
            "cohn-kanade-images/S138/004/S138_004_00000013.png": Told(
                "?contempt", "S138", "S138_004"
            ),
            "cohn-kanade-images/S138/005/S138_005_00000002.png": Told("", "S138", "S138_005"),
        },
        issues=("'contempt': is none of the seven labels (once); the images go in without it.",),
        unmatched={"contempt": 1},
        bad_files={
            "Emotion/S138/005/S138_005_00000002_emotion.txt": "happy\n",
            "Emotion/S999/001/S999_001_00000009_emotion.txt": "   1.0000000e+00\n",
        },
        bad_issues=(
            "Emotion/S138/005/S138_005_00000002_emotion.txt: holds no number of a label: "
            "could not convert string to float: 'happy'",
            "Emotion: names S999_001_00000009.png, which is not there.",
        ),
    ),
    "ck-plus-48": Sample(
        files={
            "CK+48/happy/S010_006_00000013.png": None,
            "CK+48/happy/S010_006_00000014.png": None,
            "CK+48/happy/S010_006_00000015.png": None,
            "CK+48/sadness/S011_002_00000020.png": None,
            "CK+48/contempt/S138_008_00000007.png": None,
            "CK+48/contempt/S138_008_00000008.png": None,
        },
        told={
            "CK+48/happy/S010_006_00000013.png": Told("happy", "S010", "S010_006"),
            "CK+48/happy/S010_006_00000014.png": Told("happy", "S010", "S010_006"),
            "CK+48/happy/S010_006_00000015.png": Told("happy", "S010", "S010_006"),
            "CK+48/sadness/S011_002_00000020.png": Told("sad", "S011", "S011_002"),
            "CK+48/contempt/S138_008_00000007.png": Told("?contempt", "S138", "S138_008"),
            "CK+48/contempt/S138_008_00000008.png": Told("?contempt", "S138", "S138_008"),
        },
        issues=("'contempt': is none of the seven labels (2 times); the images go in without it.",),
        unmatched={"contempt": 2},
        bad_files={"CK+48/sadness/cover.png": None},
        bad_told={"CK+48/sadness/cover.png": Told("sad")},
        bad_issues=(
            "CK+48/sadness/cover.png: is not named as CK+ names images, such as "
            "S005_001_00000011.png; it goes in as it is.",
        ),
    ),
    "jaffe": Sample(
        files={
            "jaffe/KA.AN1.39.tiff": None,
            "jaffe/KA.NE1.26.tiff": None,
            "jaffe/YM.SU3.60.tiff": None,
            "jaffe/README.txt": "Japanese Female Facial Expression (JAFFE) Database\n",
        },
        told={
            "jaffe/KA.AN1.39.tiff": Told("angry", "KA"),
            "jaffe/KA.NE1.26.tiff": Told("neutral", "KA"),
            "jaffe/YM.SU3.60.tiff": Told("surprise", "YM"),
        },
        bad_files={"jaffe/sheet.tiff": None},
        bad_told={"jaffe/sheet.tiff": Told()},
        bad_issues=(
            "jaffe/sheet.tiff: is not named as JAFFE names images, such as KA.AN1.39.tiff; "
            "it goes in without a label.",
        ),
    ),
    "kdef": Sample(
        files={
            "KDEF/AF01/AF01ANS.JPG": None,
            "KDEF/BF01/BF01AFHL.JPG": None,
            "KDEF/AM35/AM35SAFR.JPG": None,
        },
        told={
            "KDEF/AF01/AF01ANS.JPG": Told("angry", "F01"),
            "KDEF/BF01/BF01AFHL.JPG": Told("fear", "F01"),
            "KDEF/AM35/AM35SAFR.JPG": Told("sad", "M35"),
        },
        bad_files={"KDEF/AM31/AM31H.JPG": None},
        bad_told={"KDEF/AM31/AM31H.JPG": Told()},
        bad_issues=(
            "KDEF/AM31/AM31H.JPG: is not named as KDEF names images, such as AF01ANS.JPG; "
            "it goes in without a label.",
        ),
    ),
    "fer-plus": Sample(
        files={
            "data/FER2013Train/fer0000000.png": None,
            "data/FER2013Train/label.csv": 'fer0000000.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,0\n',
            "data/FER2013Valid/fer0000001.png": None,
            "data/FER2013Valid/label.csv": 'fer0000001.png,"(0, 0, 48, 48)",0,8,0,0,0,0,0,0,1,1\n',
        },
        told={
            "data/FER2013Train/fer0000000.png": Told(
                "neutral x4 by FER+, sad x1 by FER+, angry x3 by FER+, disgust x2 by FER+",
                split="FER2013Train",
            ),
            "data/FER2013Valid/fer0000001.png": Told(
                "happy x8 by FER+, unsure x1 by FER+, not a face x1 by FER+",
                split="FER2013Valid",
            ),
        },
        bad_files={
            "data/FER2013Train/label.csv": 'fer0000000.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,0\n'
            'fer0000009.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,many\n'
            'fer0000008.png,"(0, 0, 48, 48)",10,0,0,0,0,0,0,0,0,0\n',
        },
        bad_issues=(
            "data/FER2013Train/label.csv, line 2: counts votes in whole numbers. Received: 'many'",
            "data/FER2013Train/label.csv: names fer0000008.png, which is not there.",
        ),
    ),
    "fer2013-folders": Sample(
        files={
            "train/happy/Training_10019449.jpg": None,
            "train/angry/Training_3908.jpg": None,
            "test/happy/PrivateTest_95094.jpg": None,
            "test/fear/PublicTest_28828640.jpg": None,
        },
        told={
            "train/happy/Training_10019449.jpg": Told("happy", split="Training"),
            "train/angry/Training_3908.jpg": Told("angry", split="Training"),
            "test/happy/PrivateTest_95094.jpg": Told("happy", split="PrivateTest"),
            "test/fear/PublicTest_28828640.jpg": Told("fear", split="PublicTest"),
        },
        bad_files={"test/shy/PublicTest_1.jpg": None},
        bad_told={"test/shy/PublicTest_1.jpg": Told("?shy", split="PublicTest")},
        bad_issues=("'shy': is none of the seven labels (once); the images go in without it.",),
    ),
    "raf-db": Sample(
        files={
            "basic/EmoLabel/list_patition_label.txt": "train_00001.jpg 5\n"
            "train_00002.jpg 4\n"
            "test_0001.jpg 7\n",
            "basic/Image/aligned/train_00001_aligned.jpg": None,
            "basic/Image/aligned/train_00002_aligned.jpg": None,
            "basic/Image/aligned/test_0001_aligned.jpg": None,
            "basic/Image/original/train_00001.jpg": None,
        },
        told={
            "basic/Image/aligned/train_00001_aligned.jpg": Told("sad", split="train"),
            "basic/Image/aligned/train_00002_aligned.jpg": Told("happy", split="train"),
            "basic/Image/aligned/test_0001_aligned.jpg": Told("neutral", split="test"),
            "basic/Image/original/train_00001.jpg": Told("sad", split="train"),
        },
        bad_files={
            "basic/EmoLabel/list_patition_label.txt": "train_00001 5\n"
            "train_00001.jpg 5\n"
            "train_00002.jpg 4\n"
            "test_0001.jpg 7\n"
            "test_0002.jpg 1\n"
        },
        bad_issues=(
            "basic/EmoLabel/list_patition_label.txt, line 1: is no image and its number, "
            "such as train_00001.jpg 5.",
            "RAF-DB's list: names test_0002.jpg, which is not there.",
        ),
    ),
    "expw": Sample(
        files={
            "label/label.lst": "afraid_African_214.jpg 0 28 113 226 141 22.9515 0\n"
            "excited_girl_40.jpg 0 160 352 544 352 68.0181 5\n"
            "excited_girl_40.jpg 1 10 20 60 70 50.5 3\n",
            "image/origin/afraid_African_214.jpg": None,
            "image/origin/excited_girl_40.jpg": None,
            "image/origin/excited_girl_41.jpg": None,
        },
        told={
            "image/origin/afraid_African_214.jpg": Told("angry @113,28,226,141"),
            "image/origin/excited_girl_40.jpg": Told(
                "surprise @352,160,544,352, happy @20,10,60,70"
            ),
            "image/origin/excited_girl_41.jpg": Told(),
        },
        bad_files={
            "label/label.lst": "afraid_African_214.jpg 0 28 113 226\n"
            "afraid_African_214.jpg 0 28 113 226 141 22.9515 0\n"
            "excited_girl_40.jpg 0 160 352 544 352 68.0181 5\n"
            "excited_girl_40.jpg 1 10 20 60 70 50.5 3\n"
            "excited_girl_41.jpg 0 10 60 60 70 50.5 3\n"
            "gone.jpg 0 10 20 60 70 50.5 3\n",
        },
        bad_issues=(
            "label/label.lst, line 1: is no line of ExpW: image, face, top, left, right, "
            "bottom, confidence, label.",
            "label/label.lst, line 5 (excited_girl_41.jpg): has a box without an area.",
            "label/label.lst: names gone.jpg, which is not there.",
        ),
    ),
    "legend": Sample(
        files={
            "legend.csv": "user.id,image,emotion\n"
            "628,a.jpg,HAPPINESS\n"
            "dwdii,a.jpg,neutral\n"
            "628,b.jpg,anger\n"
            "628,c.jpg,contempt\n"
            "dwdii,c.jpg,contempt\n",
            "people.csv": "file;person;usage\na.jpg;Eve;train\n",
            "second_annotator.csv": "user.id,image,emotion\n906,b.jpg,sad\n",
            "images/a.jpg": None,
            "images/b.jpg": None,
            "images/c.jpg": None,
            "images/d.jpg": None,
        },
        told={
            "images/a.jpg": Told("happy by 628, neutral by dwdii", "Eve", split="train"),
            "images/b.jpg": Told("angry by 628, sad by 906"),
            "images/c.jpg": Told("?contempt by 628, ?contempt by dwdii"),
            "images/d.jpg": Told(),
        },
        issues=("'contempt': is none of the seven labels (2 times); the images go in without it.",),
        unmatched={"contempt": 2},
        bad_files={
            "second_annotator.csv": "user.id,image,emotion\n"
            "906,b.jpg,sad\n"
            f"{'x' * 40},a.jpg,sad\n"
            "906,,sad\n"
            "906,e.jpg,sad\n",
        },
        bad_issues=(
            "second_annotator.csv, line 3: has an annotator's name of over 39 letters.",
            "second_annotator.csv, line 4: names no image.",
            "second_annotator.csv: names e.jpg, which is not there.",
        ),
    ),
    "folders": Sample(
        files={
            "train/3_Happiness/1.png": None,
            "train/04-disgusted/1.png": None,
            "train/contempt/1.png": None,
            "validation/contempt/1.png": None,
            "validation/Sads/eve/2.png": None,
            "cover.png": None,
        },
        told={
            "train/3_Happiness/1.png": Told("happy", split="train"),
            "train/04-disgusted/1.png": Told("disgust", split="train"),
            "train/contempt/1.png": Told("?contempt", split="train"),
            "validation/contempt/1.png": Told("?contempt", split="validation"),
            "validation/Sads/eve/2.png": Told("sad", split="validation"),
            "cover.png": Told(),
        },
        issues=("'contempt': is none of the seven labels (2 times); the images go in without it.",),
        unmatched={"contempt": 2},
        bad_files={"validation/shy/5.png": None},
        bad_told={"validation/shy/5.png": Told("?shy", split="validation")},
        bad_issues=("'shy': is none of the seven labels (once); the images go in without it.",),
    ),
    "photos": Sample(
        files={"2019/Joy/1.jpg": None, "2019/Tom/2.jpg": None, "3.png": None, "notes.txt": "hi\n"},
        told={"2019/Joy/1.jpg": Told(), "2019/Tom/2.jpg": Told(), "3.png": Told()},
        bad_files={"people.csv": "image,subject\n1.jpg,Joy\n4.jpg,Tom\n"},
        bad_told={"2019/Joy/1.jpg": Told("", "Joy")},
        bad_issues=("people.csv: names 4.jpg, which is not there.",),
    ),
}
"""One collection for each layout of `LAYOUTS`, by its name."""

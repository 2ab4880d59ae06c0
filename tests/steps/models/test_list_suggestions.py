from sqlalchemy import func, select

from curator.core.review.proportions import Proportion
from curator.steps.models.list_suggestions import drop_suggestions, list_suggestions
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.guidance import Suggestion
from tests.makers import annotate, make_annotator, make_face
from tests.steps.models.suggesting import MODEL, suggest

SAD, FEAR = Expression.SAD, Expression.FEAR


def test_what_models_say_is_counted_and_compared_with_settled_labels(project: Project) -> None:
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        faces = [make_face(project, session, seed=seed) for seed in range(1, 5)]
        annotate(session, faces[0], {ann: SAD, bob: SAD})
        annotate(session, faces[1], {ann: FEAR, bob: FEAR})
        annotate(session, faces[2], {ann: FEAR})
        suggest(session, dict.fromkeys(faces, SAD))
        suggest(session, {faces[3]: FEAR}, model="another")
        found = {suggested.model: suggested for suggested in list_suggestions(session)}
    assert (found[MODEL].faces, found[MODEL].by_label["sad"]) == (4, 4)
    assert sum(found[MODEL].by_label.values()) == 4
    assert found[MODEL].agreement == Proportion(1, 2)
    assert found["another"].agreement == Proportion(0, 0)


def test_dropping_what_one_model_said_leaves_the_others(project: Project) -> None:
    with project.writing() as session:
        face = make_face(project, session, seed=1)
        suggest(session, {face: SAD})
        suggest(session, {face: SAD}, model="another")
        assert finished(drop_suggestions(session, MODEL)) == 1
        assert finished(drop_suggestions(session, MODEL)) == 0
        assert session.scalar(select(func.count()).select_from(Suggestion)) == 1
        assert [suggested.model for suggested in list_suggestions(session)] == ["another"]


def test_without_suggestions_there_is_nothing_to_list(project: Project) -> None:
    with project.reading() as session:
        assert list_suggestions(session) == []

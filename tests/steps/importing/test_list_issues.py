import csv
import io

from curator.steps.importing.list_issues import issues_by_reason, issues_csv


def issue(item: str, reason: str) -> dict[str, str]:
    return {"item": item, "reason": reason}


def test_the_most_frequent_reason_comes_first_with_three_of_its_items() -> None:
    table = issues_by_reason(
        [issue("z.jpg", "is empty."), *(issue(f"{n}.jpg", "no face found.") for n in range(4))]
    )
    assert table.to_dict("records") == [
        {"reason": "no face found.", "times": 4, "items": "0.jpg, 1.jpg, 2.jpg …"},
        {"reason": "is empty.", "times": 1, "items": "z.jpg"},
    ]


def test_no_issues_are_an_empty_table() -> None:
    assert issues_by_reason([]).empty


def test_all_issues_are_written_in_their_order() -> None:
    content = issues_csv([issue("b, c.jpg", 'is "empty".'), issue("émile.jpg", "no face found.")])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [
        ["item", "reason"],
        ["b, c.jpg", 'is "empty".'],
        ["émile.jpg", "no face found."],
    ]


def test_no_name_of_a_file_becomes_a_formula() -> None:
    content = issues_csv([issue("=cmd|' /C calc'!A0.jpg", "no face found.")])
    assert content.decode("utf-8-sig").splitlines()[1].startswith("'=cmd")

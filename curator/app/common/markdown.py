"""Text of others, such as names of files, where Streamlit reads Markdown."""

import re


def plain(text: str) -> str:
    r"""Write a text so that no sign in it is taken for a mark of Markdown.

    Example:
        >>> print(plain("a_b [1].png"))
        a_b \[1\]\.png
    """
    return re.sub(r"([^\w\s])", r"\\\1", text)

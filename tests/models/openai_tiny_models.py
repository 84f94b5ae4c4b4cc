"""Make tiny models with random weights from configurations, for a real server: python openai_tiny_models.py FOLDER.

`writer` writes words, `seer` words about a picture, `hearer` writes down what it hears. None of them knows anything.
Runs in an environment with torch and transformers; shisaku need not be there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

SPECIAL = ("<unk>", "<pad>", "<s>", "</s>", "<image>")
WORDS = """
a the one two small large red green blue old new frog bird house tree stamp field noise light dark sits stands flies
sleeps on under near behind with without and then quickly slowly shop river road boat child dog cat horse
"""
TURNS = (
    "{% for message in messages %}{{ message['role'] }} "
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for piece in message['content'] %}"
    "{% if piece['type'] == 'image' %}<image>{% else %}{{ piece['text'] }}{% endif %} {% endfor %}{% endif %}\n"
    "{% endfor %}assistant "
)
HEARING = (
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>", "<|translate|>",
    "<|nospeech|>",
)  # fmt: skip
TINY = {"intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}


def main(folder: Path) -> None:
    import torch

    torch.manual_seed(0)
    words = _words()
    text = _text(len(words))
    _writer(folder / "writer", words, text)
    _seer(folder / "seer", words, text)
    _hearer(folder / "hearer")


def _words() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: place for place, word in enumerate((*SPECIAL, *WORDS.split()))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        additional_special_tokens=["<image>"], model_max_length=4096,
    )  # fmt: skip
    made.chat_template = TURNS
    return made


def _text(size: int) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=size, hidden_size=32, max_position_embeddings=4096, pad_token_id=1, bos_token_id=2, eos_token_id=3,
        **TINY,
    )  # fmt: skip


def _sampling(model: Any) -> Any:
    """Let the model draw its words, and no special ones, so that its answers read like text and hang on the seed."""
    model.generation_config.do_sample = True
    model.generation_config.suppress_tokens = list(range(len(SPECIAL)))
    return model


def _writer(folder: Path, words: Any, text: Any) -> None:
    from transformers import LlamaForCausalLM

    _sampling(LlamaForCausalLM(text)).save_pretrained(folder)
    words.save_pretrained(folder)


def _seer(folder: Path, words: Any, text: Any) -> None:
    from transformers import (
        CLIPImageProcessorPil,
        CLIPVisionConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    side, patch = 28, 14
    vision = CLIPVisionConfig(hidden_size=32, image_size=side, patch_size=patch, projection_dim=32, **TINY)
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=SPECIAL.index("<image>"), vision_feature_layer=-1
    )
    _sampling(LlavaForConditionalGeneration(config)).save_pretrained(folder)
    images = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    LlavaProcessor(
        images, words, patch_size=patch, vision_feature_select_strategy="default", num_additional_image_tokens=1,
        chat_template=TURNS,
    ).save_pretrained(folder)  # fmt: skip


def _hearer(folder: Path) -> None:
    from tokenizers import pre_tokenizers
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizer,
    )

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = WhisperTokenizer(vocab={one: place for place, one in enumerate((*letters, *HEARING))}, merges=[])
    special = {name: tokenizer.convert_tokens_to_ids(name) for name in HEARING}
    end, start = special["<|endoftext|>"], special["<|startoftranscript|>"]
    ends = {"eos_token_id": end, "pad_token_id": end, "bos_token_id": end, "decoder_start_token_id": start}
    config = WhisperConfig(
        vocab_size=len(tokenizer), d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, num_mel_bins=80, max_target_positions=64,
        begin_suppress_tokens=None, suppress_tokens=None, **ends,
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config)
    readable = [tokenizer.convert_tokens_to_ids(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    model.generation_config = GenerationConfig(
        max_length=24, is_multilingual=False, no_timestamps_token_id=special["<|notimestamps|>"],
        suppress_tokens=[place for place in range(len(tokenizer)) if place not in readable], **ends,
    )  # fmt: skip
    model.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(feature_size=80), tokenizer).save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

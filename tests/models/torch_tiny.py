"""Make tiny models with random weights from configurations, for every role. None of them knows anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openai_tiny_models import SPECIAL, TINY, _words
from openai_tiny_models import main as writer_seer_hearer

SIDE = 32
LETTERS = "abcdefghijklmnopqrstuvwxyz "


def make(folder: Path) -> None:
    """Write every model, each into a folder of its name: writer, seer, hearer and those below."""
    import torch

    writer_seer_hearer(folder)
    for name, build in {
        "rewriter": _rewriter, "plain": _plain, "painter": _painter, "vits": _vits, "speecht5": _speecht5,
        "vocoder": _vocoder, "speller": _speller, "encoder": _encoder, "towers": _towers, "looker": _looker,
        "describer": _describer,
    }.items():  # fmt: skip
        torch.manual_seed(1)
        build(folder / name)


def _rewriter(folder: Path) -> None:
    from transformers import T5Config, T5ForConditionalGeneration

    words = _words()
    config = T5Config(
        vocab_size=len(words), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2, decoder_start_token_id=1,
        pad_token_id=1, eos_token_id=3,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    model.generation_config.suppress_tokens = list(range(len(SPECIAL)))
    model.save_pretrained(folder)
    words.save_pretrained(folder)


def _plain(folder: Path) -> None:
    """A language model without a chat template."""
    from transformers import LlamaConfig, LlamaForCausalLM

    words = _words()
    words.chat_template = None
    config = LlamaConfig(vocab_size=len(words), hidden_size=32, max_position_embeddings=64, pad_token_id=1,
                         bos_token_id=2, eos_token_id=3, **TINY)  # fmt: skip
    model = LlamaForCausalLM(config)
    model.generation_config.suppress_tokens = list(range(len(SPECIAL)))
    model.save_pretrained(folder)
    words.save_pretrained(folder)


def _text_tower(size: int) -> dict[str, Any]:
    return {"vocab_size": size, "hidden_size": 32, "max_position_embeddings": 77, "projection_dim": 32,
            "pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 3, **TINY}  # fmt: skip


def _painter(folder: Path) -> None:
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    words = _words()
    words.model_max_length = 77
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=SIDE // 2, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32, attention_head_dim=4, norm_num_groups=4,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 16), in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, sample_size=SIDE,
    )  # fmt: skip
    StableDiffusionPipeline(
        vae=vae, text_encoder=CLIPTextModel(CLIPTextConfig(**_text_tower(len(words)))), tokenizer=words, unet=unet,
        scheduler=DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip


def _vits(folder: Path) -> None:
    import json

    from transformers import VitsConfig, VitsModel, VitsTokenizer

    config = VitsConfig(
        vocab_size=len(LETTERS) + 2, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16,
        flow_size=16, spectrogram_bins=9, upsample_initial_channel=16, upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16], resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3, 5]],
        wavenet_dilation_rate=1, prior_encoder_num_flows=2, posterior_encoder_num_wavenet_layers=2,
        prior_encoder_num_wavenet_layers=2, duration_predictor_num_flows=2, depth_separable_num_layers=1,
        num_speakers=3, speaker_embedding_size=16, sampling_rate=16_000,
    )  # fmt: skip
    VitsModel(config).save_pretrained(folder)
    names = {letter: place for place, letter in enumerate(("<pad>", *LETTERS, "<unk>"))}
    (folder / "letters.json").write_text(json.dumps(names))
    VitsTokenizer(folder / "letters.json", pad_token="<pad>", unk_token="<unk>", phonemize=False).save_pretrained(
        folder
    )


def _speecht5(folder: Path) -> None:
    from transformers import SpeechT5Config, SpeechT5ForTextToSpeech

    words = _words()
    config = SpeechT5Config(
        vocab_size=len(words), hidden_size=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, speech_decoder_prenet_units=16,
        speech_decoder_postnet_units=16, speech_decoder_postnet_layers=2, speaker_embedding_dim=16, pad_token_id=1,
        bos_token_id=2, eos_token_id=3, num_mel_bins=20,
    )  # fmt: skip
    SpeechT5ForTextToSpeech(config).save_pretrained(folder)
    words.save_pretrained(folder)


def _vocoder(folder: Path) -> None:
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    config = SpeechT5HifiGanConfig(
        model_in_dim=20, upsample_initial_channel=16, upsample_rates=[8, 8], upsample_kernel_sizes=[16, 16],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3, 5]],
    )  # fmt: skip
    SpeechT5HifiGan(config).save_pretrained(folder)


def _speller(folder: Path) -> None:
    import json

    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    folder.mkdir(parents=True)
    names = {letter: place for place, letter in enumerate(("<pad>", "|", "<unk>", *LETTERS.strip()))}
    (folder / "vocab.json").write_text(json.dumps(names))
    tokenizer = Wav2Vec2CTCTokenizer(
        folder / "vocab.json", pad_token="<pad>", unk_token="<unk>", word_delimiter_token="|", bos_token=None,
        eos_token=None,
    )  # fmt: skip
    config = Wav2Vec2Config(
        vocab_size=len(names), hidden_size=32, conv_dim=(16, 16), conv_kernel=(10, 8), conv_stride=(10, 8),
        num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2, pad_token_id=0, **TINY,
    )  # fmt: skip
    Wav2Vec2ForCTC(config).save_pretrained(folder)
    Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), tokenizer).save_pretrained(folder)


def _encoder(folder: Path) -> None:
    from transformers import BertConfig, BertModel

    words = _words()
    config = BertConfig(vocab_size=len(words), hidden_size=32, max_position_embeddings=64, **TINY)
    BertModel(config).save_pretrained(folder)
    words.save_pretrained(folder)


def _towers(folder: Path) -> None:
    from transformers import (
        CLIPConfig,
        CLIPImageProcessorPil,
        CLIPModel,
        CLIPProcessor,
        CLIPTextConfig,
        CLIPVisionConfig,
    )

    words = _words()
    text = CLIPTextConfig(**_text_tower(len(words)))
    vision = CLIPVisionConfig(hidden_size=32, image_size=28, patch_size=14, projection_dim=32, **TINY)
    CLIPModel(
        CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=32)
    ).save_pretrained(folder)
    images = CLIPImageProcessorPil(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    CLIPProcessor(images, words).save_pretrained(folder)


def _looker(folder: Path) -> None:
    from transformers import ViTConfig, ViTImageProcessorPil, ViTModel

    config = ViTConfig(hidden_size=32, image_size=28, patch_size=14, **TINY)
    ViTModel(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 28, "width": 28}).save_pretrained(folder)


def _describer(folder: Path) -> None:
    """A captioner without a chat."""
    from transformers import (
        BlipConfig,
        BlipForConditionalGeneration,
        BlipImageProcessorPil,
        BlipProcessor,
        BlipTextConfig,
        BlipVisionConfig,
    )

    words = _words()
    words.chat_template = None
    text = BlipTextConfig(
        vocab_size=len(words), hidden_size=32, encoder_hidden_size=32, projection_dim=32, max_position_embeddings=64,
        bos_token_id=2, eos_token_id=3, pad_token_id=1, sep_token_id=3, **TINY,
    )  # fmt: skip
    vision = BlipVisionConfig(hidden_size=32, image_size=28, patch_size=14, projection_dim=32, **TINY)
    model = BlipForConditionalGeneration(BlipConfig(text_config=text.to_dict(), vision_config=vision.to_dict()))
    model.generation_config.suppress_tokens = list(range(len(SPECIAL)))
    model.save_pretrained(folder)
    BlipProcessor(BlipImageProcessorPil(size={"height": 28, "width": 28}), words).save_pretrained(folder)

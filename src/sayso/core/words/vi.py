"""Vietnamese. Without tone marks `hủy` and `dừng` are the given names Huy and Dung: left out."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "vi",
    strong_out="hủy đăng ký, ngừng nhắn tin, dừng nhắn tin",
    weak_out="ngừng, hủy tin",
    back="đăng ký",
    strong_help="trợ giúp",
    weak_help="thông tin",
    courtesy="làm ơn, vui lòng, cảm ơn",
)

"""Thai. Words are not parted by blanks, so a text is one word."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "th",
    strong_out="ยกเลิกรับข่าวสาร, ยกเลิกการรับข่าวสาร, ยกเลิกการสมัคร, ยกเลิกสมาชิก",
    weak_out="ยกเลิก, หยุด",
    back="สมัคร, เริ่ม",
    strong_help="ช่วยเหลือ",
    weak_help="ข้อมูล",
    courtesy="ครับ, ค่ะ, คะ, ขอบคุณ, กรุณา",
)

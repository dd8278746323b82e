"""Arabic. Hamzas are folded away, so each word stands once."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ar",
    strong_out="إلغاء الاشتراك, الغ الاشتراك",
    weak_out="إلغاء, إيقاف, توقف, ستوب",
    back="اشتراك, ابدأ",
    strong_help="مساعدة",
    weak_help="معلومات",
    courtesy="من فضلك, لو سمحت, رجاء, شكرا",
)

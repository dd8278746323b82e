"""Korean."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ko",
    strong_out="수신거부, 수신 거부, 무료거부, 무료수신거부, 구독취소, 구독 취소",
    weak_out="중지, 중단, 거부, 그만, 스톱",
    back="수신동의, 수신 동의",
    strong_help="도움말",
    weak_help="정보",
    courtesy="부탁합니다, 제발, 감사합니다",
)

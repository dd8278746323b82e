"""Japanese."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "ja",
    strong_out="配信停止, 配信解除, 登録解除, 受信拒否, 購読解除, ストップ",
    weak_out="停止, 解除",
    back="再開, 登録, 配信再開",
    strong_help="ヘルプ",
    weak_help="情報",
    courtesy="お願いします, ください, ありがとう, ありがとうございます",
)

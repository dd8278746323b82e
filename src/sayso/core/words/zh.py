"""Chinese in both scripts. `TD` is also a bank's name: whole text only."""

from sayso.core.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    "zh",
    strong_out="退订, 退訂, 取消订阅, 取消訂閱, 停止订阅, 停止訂閱, 拒收",
    weak_out="停止, 停, 取消, td, 不要了",
    back="订阅, 訂閱, 恢复订阅, 恢復訂閱",
    strong_help="帮助, 幫助",
    weak_help="信息, 資訊",
    courtesy="请, 請, 谢谢, 謝謝",
)

"""What the bot says of itself: the sentences that no article can own.  No figure stands here."""

from collections.abc import Mapping
from typing import Final

EMPTY: Final = (
    "Ask me anything about billing: your balance, credits, invoices, payment methods, limits, "
    "or why access fails."
)
CLARIFY: Final = "I am not sure which of these you mean:"
ASK_AGAIN: Final = (
    "I did not understand that. Could you ask it as a billing question in a sentence or two?"
)
TOO_LONG: Final = (
    "Your message is too long for me to read. Please send the question itself in a shorter one."
)
UNSURE_TWICE: Final = (
    "I still do not understand, so a person should take this over. I have put your question "
    "and this conversation together for them."
)
SIGN_IN: Final = "When you are signed in, I can check this on your own account."
ACCOUNT_UNREAD: Final = (
    "I could not read your account just now, so this is the general answer, without any figure "
    "of yours."
)
ALARMED: Final[Mapping[str, str]] = {
    "misuse": (
        "This sounds as if somebody else may be using your card, your account or your keys, so I "
        "have passed it on to a person. I cannot say when they will reply. Do not wait for them: "
        "have your bank block the card, or revoke the key."
    ),
    "life": (
        "Your message worries me more than the bill does. I am only a billing bot, so I have "
        "passed it on to a person. If you are in danger, please call your local emergency number "
        "or a crisis line now."
    ),
}
"""Before an answer for which a person was fetched unasked, by the alarm."""
PASSED_ON: Final = "I have passed this on to a person. I cannot say when they will reply."
PERSON_ON: Final = (
    "A person is looking after this conversation, so I leave the answer to them. They will read "
    "your message here."
)
CAVEATS: Final[Mapping[str, str]] = {
    "usage_not_deducted": (
        "Usage that has not been billed yet is not taken off this balance, so less may be left."
    ),
}
"""What a customer must know of a figure that lags, by the caveat of its origin."""
SYSTEMS: Final[Mapping[str, str]] = {
    "database": "our account records",
    "http": "our account service",
    "stripe": "our payment provider",
    "lago": "our billing system",
}
DISAGREEMENT: Final = "Our systems do not agree on {what}; this answer uses {system}."
WITHOUT_ENCODER: Final = (
    "I am running with reduced understanding at the moment, so please check that this answers "
    "your question."
)
REMOVED: Final[Mapping[str, str]] = {
    "card number": "I removed a card number from your message. Please never send one here.",
    "security code": (
        "I removed a card security code from your message. Please never send one here."
    ),
    "key": (
        "I removed what looks like a key or password from your message. If it is real, revoke "
        "it and make a new one."
    ),
    "bank account number": "I removed a bank account number from your message.",
}
FOREIGN: Final[Mapping[str, str]] = {
    "es": "Por ahora solo puedo responder en inglés. ¿Quiere que le pase su pregunta a una "
    "persona? También puede escribirla en inglés.",
    "fr": "Pour le moment, je ne réponds qu'en anglais. Voulez-vous que je transmette votre "
    "question à une personne ? Vous pouvez aussi la poser en anglais.",
    "de": "Ich kann zurzeit nur auf Englisch antworten. Soll ich Ihre Frage an einen Menschen "
    "weitergeben? Sie können sie auch auf Englisch stellen.",
    "pt": "Por enquanto só consigo responder em inglês. Quer que eu passe a sua pergunta a uma "
    "pessoa? Também pode escrevê-la em inglês.",
    "it": "Per ora posso rispondere solo in inglese. Vuole che passi la Sua domanda a una "
    "persona? Può anche scriverla in inglese.",
    "zh": "目前我只能用英语回答。需要我把您的问题转给人工客服吗？您也可以用英语提问。",
    "ja": "現在、英語でのみお答えできます。ご質問を担当者におつなぎしましょうか。"
    "英語でご質問いただくこともできます。",
    "ko": "지금은 영어로만 답변할 수 있습니다. 질문을 담당자에게 전달해 드릴까요? "
    "영어로 다시 질문하셔도 됩니다.",
    "hi": "अभी मैं केवल अंग्रेज़ी में उत्तर दे सकता हूँ। क्या मैं आपका सवाल किसी व्यक्ति तक पहुँचा दूँ? "
    "आप अंग्रेज़ी में भी पूछ सकते हैं।",
    "ru": "Сейчас я могу отвечать только на английском языке. Передать ваш вопрос сотруднику? "
    "Вы также можете задать его по-английски.",
    "ar": "يمكنني حاليًا الإجابة باللغة الإنجليزية فقط. هل تريد أن أحيل سؤالك إلى أحد الموظفين؟ "
    "يمكنك أيضًا طرحه بالإنجليزية.",
    "tr": "Şu anda yalnızca İngilizce yanıt verebiliyorum. Sorunuzu bir yetkiliye iletmemi ister "
    "misiniz? Dilerseniz İngilizce de sorabilirsiniz.",
}
ENGLISH_BELOW: Final[Mapping[str, str]] = {
    "es": "Solo puedo responder en inglés; esta es la respuesta a lo que he entendido. Si no es lo "
    "que quería saber, puedo pasar su pregunta a una persona.",
    "fr": "Je ne peux répondre qu'en anglais ; voici la réponse à ce que j'ai compris. Si ce n'est "
    "pas votre question, je peux la transmettre à une personne.",
    "de": "Ich kann nur auf Englisch antworten; hier ist die Antwort auf das, was ich verstanden "
    "habe. War etwas anderes gemeint, gebe ich Ihre Frage gern an einen Menschen weiter.",
    "pt": "Só consigo responder em inglês; esta é a resposta ao que entendi. Se não era isso, "
    "posso passar a sua pergunta a uma pessoa.",
    "it": "Posso rispondere solo in inglese; ecco la risposta a quello che ho capito. Se non era "
    "questo, posso passare la Sua domanda a una persona.",
    "zh": "我只能用英语回答；以下是我对您问题的理解所作的回答。"
    "如果不是您想问的，我可以把问题转给人工客服。",
    "ja": "お答えできるのは英語のみです。以下は、私が理解したご質問への回答です。"
    "違う場合は、担当者におつなぎします。",
    "ko": "영어로만 답변할 수 있습니다. 아래는 제가 이해한 질문에 대한 답변입니다. "
    "다른 질문이었다면 담당자에게 전달해 드리겠습니다.",
    "ru": "Я могу отвечать только на английском; ниже — ответ на то, что я понял. Если вы имели в "
    "виду другое, я передам ваш вопрос сотруднику.",
    "ar": "يمكنني الإجابة بالإنجليزية فقط؛ وفيما يلي الإجابة عمّا فهمته. إن لم يكن هذا ما تقصده، "
    "فيمكنني إحالة سؤالك إلى أحد الموظفين.",
    "tr": "Yalnızca İngilizce yanıt verebiliyorum; aşağıda anladığım sorunun yanıtı var. Başka bir "
    "şey sorduysanız sorunuzu bir yetkiliye iletebilirim.",
}
"""Before an answer to a message in another language that was understood."""
FOREIGN_FALLBACK: Final = (
    "I can only answer in English at the moment. Would you like a person to look at this? "
    "You can also ask in English."
)

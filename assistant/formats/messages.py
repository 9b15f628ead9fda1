"""Why a file is not read, and what is to be known of one that is, in both languages.

`{name}` is the file; the other braces are values that come with the reason.
"""

from __future__ import annotations

from assistant.types import Language

Values = dict[str, str | int]
Message = dict[Language, str]

REASONS: dict[str, Message] = {
    "no_text": {
        "en": "{name}: there is no text in it.",
        "ko": "{name}: 본문이 없어요.",
    },
    "only_images": {
        "en": "{name} holds only images, so no text could be read. Run text recognition (OCR) on it first.",
        "ko": "{name}: 그림만 있어서 글을 읽을 수 없어요. 먼저 문자 인식(OCR)을 거쳐 주세요.",
    },
    "password": {
        "en": "{name} needs a password: save a copy without one.",
        "ko": "{name}: 암호가 걸려 있어요. 암호를 푼 사본을 저장해 주세요.",
    },
    "protected": {
        "en": "{name} is protected against copying: save it as an ordinary document.",
        "ko": "{name}: 복사를 막아 둔(DRM, 배포용) 문서예요. 일반 문서로 저장해 주세요.",
    },
    "damaged": {
        "en": "{name} is damaged or cut off and cannot be read ({detail}).",
        "ko": "{name}: 손상되었거나 잘려서 읽을 수 없어요({detail}).",
    },
    "died": {
        "en": "{name} made its reader fail: the file is damaged, or made to do harm.",
        "ko": "{name}: 읽는 도중에 프로그램이 멈췄어요. 손상되었거나 해를 끼치려는 파일이에요.",
    },
    "other_content": {
        "en": "{name} does not hold what its name says: it is no {kind} file.",
        "ko": "{name}: 이름과 달리 {kind} 파일이 아니에요.",
    },
    "file_too_large": {
        "en": "{name} is larger than {megabytes} MB.",
        "ko": "{name}: {megabytes}MB보다 커요.",
    },
    "text_too_large": {
        "en": "{name} has text larger than {megabytes} MB: split it.",
        "ko": "{name}: 글이 {megabytes}MB보다 커요. 나누어 주세요.",
    },
    "unpacks_too_large": {
        "en": "{name} unpacks to {megabytes} MB or more and was not read.",
        "ko": "{name}: 압축을 풀면 {megabytes}MB를 넘어서 읽지 않았어요.",
    },
    "too_many_members": {
        "en": "{name} has more than {count} files in it.",
        "ko": "{name}: 안에 든 파일이 {count}개를 넘어요.",
    },
    "too_many_pages": {
        "en": "{name} has {pages} pages; at most {count} are read.",
        "ko": "{name}: {pages}쪽이에요. {count}쪽까지 읽어요.",
    },
    "too_deep": {
        "en": "{name} is nested too deeply, or one text in it is too long.",
        "ko": "{name}: 너무 깊이 겹쳐 있거나 한 덩이가 너무 긴 글이 있어요.",
    },
    "too_slow": {
        "en": "{name} took longer than {seconds} s to read: split it.",
        "ko": "{name}: 읽는 데 {seconds}초가 넘게 걸려요. 나누어 주세요.",
    },
    "too_much_memory": {
        "en": "{name} needs more memory than reading a file may take: split it.",
        "ko": "{name}: 읽는 데 메모리가 너무 많이 들어요. 나누어 주세요.",
    },
    "spreadsheet": {
        "en": "{name} is a spreadsheet, and those are not read as articles.",
        "ko": "{name}: 표 계산 파일(스프레드시트)은 글로 읽지 않아요.",
    },
    "old_office": {
        "en": "{name} is in an old Office format: save it as .docx or .pptx.",
        "ko": "{name}: 옛 오피스 형식이에요. .docx나 .pptx로 저장해 주세요.",
    },
    "old_hwp": {
        "en": "{name} is in an old HWP format: save it as .hwpx or HWP 5.",
        "ko": "{name}: 옛 한글 형식이에요. .hwpx나 한글 5.0 이상 형식으로 저장해 주세요.",
    },
    "zip": {
        "en": "{name} is a zip of files, not one article: unpack it, or take `assistant add`.",
        "ko": "{name}: 글 하나가 아니라 압축 파일이에요. 풀어서 추가하거나 `assistant add`로 추가해 주세요.",
    },
    "nothing_inside": {
        "en": "{name} has no files of {known}.",
        "ko": "{name}: {known} 파일이 없어요.",
    },
    "unknown_kind": {
        "en": "{name}: this kind of file ({kind}) is not read; those that are: {known}.",
        "ko": "{name}: 이 형식({kind})은 읽지 못해요. 읽는 형식: {known}.",
    },
    "binary": {
        "en": "{name} is binary data, not text.",
        "ko": "{name}: 글이 아니라 이진 데이터예요.",
    },
    "encoding": {
        "en": "{name} is neither UTF-8 nor Korean CP949: save it as UTF-8.",
        "ko": "{name}: UTF-8도 CP949도 아니에요. UTF-8로 저장해 주세요.",
    },
}

NOTES: dict[str, Message] = {
    "encoding": {
        "en": "{name} was read as {encoding}, not UTF-8.",
        "ko": "{name}: UTF-8이 아니라 {encoding}로 읽었어요.",
    },
    "other_kind": {
        "en": "{name} is a {kind} file by its content and was read as one.",
        "ko": "{name}: 내용이 {kind} 파일이어서 그렇게 읽었어요.",
    },
    "empty_pages": {
        "en": "{name}: {count} of {pages} pages hold images without text and are left out, first page {first}.",
        "ko": "{name}: {pages}쪽 가운데 {count}쪽은 글 없는 그림이어서 뺐어요(처음은 {first}쪽).",
    },
    "damaged_pages": {
        "en": "{name}: {count} of {pages} pages are damaged and left out, first page {first}.",
        "ko": "{name}: {pages}쪽 가운데 {count}쪽이 손상되어 뺐어요(처음은 {first}쪽).",
    },
    "hidden_text": {
        "en": "{name} contains hidden text, which is left out.",
        "ko": "{name}: 숨긴 글이 있어서 뺐어요.",
    },
    "macros": {
        "en": "{name} contains macros, which are ignored.",
        "ko": "{name}: 매크로는 무시했어요.",
    },
}


def said(message: Message, name: str, values: Values) -> Message:
    """Return the message with the name and values in it."""
    return {language: text.format(name=name, **values) for language, text in message.items()}

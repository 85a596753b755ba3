"""Identity of stories: which story a candidate is, and which stories were put together by mistake."""

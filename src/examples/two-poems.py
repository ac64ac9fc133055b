dialogue = [
    {"role": "user", "content": "帮我写一首诗。"},
    {"role": "assistant", "content": "春风拂面花开放，碧水潺潺鸟语香。愿君此间常驻足，心随美景共徜徉。"},
    {"role": "user", "content": "再写一首关于夏天的。"},
    {"role": "assistant", "content": "夏日炎炎荷满塘，蝉鸣树梢午梦长。轻摇蒲扇寻凉意，一片冰心在玉壶。"}
]

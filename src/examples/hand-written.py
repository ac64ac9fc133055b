# 从笔记本里直接贴出来的，引号混用，注释没删
data = {
    'messages': [
        {'role': 'user', 'content': "老师常说的“举一反三”是什么意思？"},
        {
            'role': 'assistant',
            'content': '给你一个角，你能自己推出另外三个；学会一道题，就会做一类题。',
            'name': None,  # 没有名字
        },
    ],
}

dialogue = [
    {
        "role": "user",
        "content": "Write a Python function that merges two sorted lists.",
    },
    {
        "role": "assistant",
        "content": """```python
def merge(left, right):
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]
```

Taking from `left` on a tie keeps equal items in their order.""",
    },
]

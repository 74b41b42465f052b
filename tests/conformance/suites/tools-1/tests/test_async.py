import asyncio

import anyio
import pytest
from tools import shop


@pytest.mark.asyncio
async def test_asyncio():
    assert await shop.fetch(1) == 2


@pytest.mark.asyncio
async def test_asyncio_tasks():
    assert await asyncio.gather(shop.answer(1), shop.fetch(2)) == [2, 3]


@pytest.mark.anyio
async def test_anyio(anyio_backend):
    found = []
    async with anyio.create_task_group() as group:
        group.start_soon(shop.fetch, 5)
        async for number in shop.stream(3):
            found.append(number)
    assert found == [1, 2, 3]


@pytest.fixture
def anyio_backend():
    return "asyncio"

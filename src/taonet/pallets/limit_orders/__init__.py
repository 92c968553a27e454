"""
LimitOrders: trades that their owners sign in advance and others bring when the price is right.

`orders` is what is signed, `market` what orders do to stake and balances, `checks` when an order
may be executed, `batch` how several are netted, `calls` the calls.
"""

from typing import Final

LIMIT_ORDERS_INDEX: Final = 32

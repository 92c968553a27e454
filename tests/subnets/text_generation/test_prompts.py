"""Sampled queries are varied, repeatable and within the messages' own limits."""

from random import Random

from taonet.gateway.questions import TEMPERATURE_DEFAULT
from taonet.subnets.text_generation.messages import Generation
from taonet.subnets.text_generation.prompts import TEMPERATURES, TOKENS, sampled_query


def test_queries_are_varied_and_follow_from_the_seed() -> None:
    queries = [sampled_query(Random(seed), "model") for seed in range(300)]
    assert queries == [sampled_query(Random(seed), "model") for seed in range(300)]
    assert len({query.messages for query in queries}) > 290
    assert {len(query.messages) for query in queries} == {1, 2, 3, 4}
    assert all(TOKENS[0] <= query.max_tokens <= TOKENS[1] for query in queries)


def test_queries_fit_their_own_type() -> None:
    for seed in range(50):
        query = sampled_query(Random(seed), "model")
        assert Generation.from_json(query.to_json()) == query
        assert query.messages[-1].role == "user"


def test_queries_have_the_temperature_of_a_person_who_chose_none() -> None:
    queries = [sampled_query(Random(seed), "model") for seed in range(100)]
    assert {query.temperature for query in queries} == set(TEMPERATURES)
    assert TEMPERATURE_DEFAULT in TEMPERATURES

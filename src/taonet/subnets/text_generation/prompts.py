"""
What a validator asks: chats of many shapes from a seed, without a download.

They are meant to look like what people ask through a gateway: several domains, lengths, turns and
settings, so that a miner cannot serve validators well and people badly.
"""

from random import Random

from taonet.subnets.text_generation.messages import Generation, Turn

_TOPICS = (
    "the water cycle", "a bicycle's gears", "sourdough bread", "the French Revolution",
    "binary search", "photosynthesis", "compound interest", "the rules of chess", "jazz",
    "earthquakes", "vaccines", "the Silk Road", "solar panels", "black holes", "container ships",
    "coral reefs", "public-key cryptography", "the violin", "glaciers", "volcanoes", "honey bees",
    "the printing press", "tides", "recycling", "the human heart", "sleep", "maps", "elections",
    "wind turbines", "mushrooms", "hash tables", "the Olympic Games", "lighthouses", "inflation",
)  # fmt: skip
_READERS = (
    "a ten-year-old", "a new colleague", "my grandmother", "a busy manager", "a student",
    "someone who has never heard of it", "a curious engineer", "an exam", "a museum visitor",
)  # fmt: skip
_FORMS = (
    "in three sentences", "as a short list", "with an example", "in plain words",
    "in one paragraph", "step by step", "with one surprising fact", "without jargon",
    "in under eighty words",
)  # fmt: skip
_PLACES = (
    "Lisbon", "a mountain village", "Kyoto", "a night train", "the seaside", "Cairo", "a library",
    "an old theatre", "Reykjavik", "a space station", "a market in Oaxaca", "the Danube",
)  # fmt: skip
_PEOPLE = (
    "a retired sailor", "two sisters", "a shy robot", "a young doctor", "a baker", "a cat burglar",
    "an honest politician", "a lost tourist", "a piano tuner", "a gardener", "a chess master",
)  # fmt: skip
_TASKS = (
    "reverses a string", "counts the words of a text", "finds the largest of a list of numbers",
    "checks whether a year is a leap year", "sums the digits of a number",
    "merges two sorted lists", "removes duplicates from a list",
    "converts Celsius to Fahrenheit", "tests for a prime number",
)  # fmt: skip
_LANGUAGES = ("Python", "JavaScript", "Rust", "Java", "Go")
_LETTERS = (
    "thank a neighbour for help with", "cancel an order of", "ask for a quote for",
    "invite friends to", "complain politely about", "apologise for being late to",
    "recommend a colleague for",
)  # fmt: skip
_THINGS = (
    "a garden party", "forty chairs", "a broken radiator", "piano lessons", "a bicycle repair",
    "a book club", "a delayed parcel", "an office move", "a birthday dinner", "a language course",
)  # fmt: skip
_SYSTEMS = (
    "You are a helpful assistant.", "Answer briefly.", "You are a patient teacher.",
    "You are a friendly guide who writes clearly.", "Be concise and precise.",
)  # fmt: skip
_FOLLOW_UPS = (
    "Can you say more about that?", "Why is that?", "Give me another example.", "And what then?",
    "What is the most common mistake?", "How would you check it?",
)  # fmt: skip
TOKENS = (24, 72)
"""The least and the most that a validator asks for: enough to judge, few enough to be cheap."""

TEMPERATURES = (0.3, 0.6, 0.8, 1.0)
"""What people choose; the first is the gateway's default, which most of them leave."""


def sampled_query(rng: Random, model: str) -> Generation:
    """A query as a person might send it; everything follows from `rng`."""
    turns = [Turn("user", _question(rng))]
    if rng.random() < 0.4:
        turns.insert(0, Turn("system", rng.choice(_SYSTEMS)))
    if rng.random() < 0.25:
        turns += [Turn("assistant", _opening(rng)), Turn("user", rng.choice(_FOLLOW_UPS))]
    return Generation(
        model=model,
        messages=tuple(turns),
        max_tokens=rng.randint(*TOKENS),
        temperature=rng.choice(TEMPERATURES),
        seed=rng.getrandbits(31),
    )


def _question(rng: Random) -> str:
    kind = rng.randrange(6)
    topic, form = rng.choice(_TOPICS), rng.choice(_FORMS)
    if kind == 0:
        return f"Explain {topic} to {rng.choice(_READERS)} {form}."
    if kind == 1:
        return (
            f"Write the beginning of a story about {rng.choice(_PEOPLE)} in {rng.choice(_PLACES)}."
        )
    if kind == 2:
        language, task = rng.choice(_LANGUAGES), rng.choice(_TASKS)
        return f"Write a {language} function that {task}, and explain it {form}."
    if kind == 3:
        return f"Write a letter to {rng.choice(_LETTERS)} {rng.choice(_THINGS)}, {form}."
    if kind == 4:
        other = rng.choice(_TOPICS)
        return f"What do {topic} and {other} have in common? Answer {form}."
    return f"Plan a day in {rng.choice(_PLACES)} for {rng.choice(_PEOPLE)} who loves {topic}."


def _opening(rng: Random) -> str:
    return f"Let me begin with the main point about {rng.choice(_TOPICS)}, {rng.choice(_FORMS)}."

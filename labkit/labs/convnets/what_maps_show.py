"""What the maps show

Describe both pictures. What do the early maps tell about the image, and what the late ones? Two or
three sentences.
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "the early maps still look like the article: edges, outline, shades, surface"),
        (
            2,
            "the late maps are coarse and few light up: they tell of the class, not of the picture",
        ),
    ),
    answer="""
        The early maps still look like the boot: some filters mark its upper edges, some its lower ones, some
        its whole surface. They find edges and shades, wherever they are. The late maps are only 3 × 3 and most
        are blank; no boot can be recognised in them. A filter there answers to a combination of many earlier
        ones: the maps carry less about how the picture looks, and more about which class it belongs to.
    """,
)

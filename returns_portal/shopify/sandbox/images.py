"""Pictures of the goods: small flat drawings, one a kind."""

INK, PAPER, SOFT, WARM, LEAF = "#2f3437", "#f4f1ea", "#d9d2c3", "#d08c60", "#7d8f69"
SHAPES = {
    "shirt": f'<path d="M170 130l-70 50 34 62 32-18v146h148V224l32 18 34-62-70-50c-12'
    f' 34-128 34-140 0z" fill="{SOFT}"/>'
    f'<path d="M240 158v212M170 130c12 34 128 34 140 0" fill="none" stroke="{INK}" '
    f'stroke-width="5"/>',
    "dress": f'<path d="M196 104h20c6 26 42 26 48 0h20l14 108 54 168H128l54-168z" fill="{LEAF}"/>'
    f'<path d="M182 212h116" stroke="{INK}" stroke-width="5"/>',
    "jeans": f'<path d="M162 104h156l24 276h-72l-30-168-30 168h-72z" fill="#6f8ba4"/>'
    f'<path d="M160 130h160M240 130v66" stroke="{INK}" stroke-width="5" fill="none"/>',
    "knit": f'<path d="M172 120l-78 66 22 150h46v40h156v-40h46l22-150-78-66c-22 40-114 40-136 0z" '
    f'fill="#cdb79c"/><path d="M240 152v224M206 196v150M274 196v150" stroke="{INK}" '
    f'stroke-width="4" stroke-dasharray="10 9"/>',
    "shoe": f'<path d="M92 222c40 16 66 2 82-28l110 74c44 10 104 10 104 62v14H92z" fill="{WARM}"/>'
    f'<path d="M86 344h308v24H86z" fill="{PAPER}" stroke="{INK}" stroke-width="5"/>',
    "scarf": f'<path d="M150 120c60 60 120 60 180 0l20 46c-40 44-80 58-84 60l22 144h-60l-16-132c-40'
    f'-8-66-36-82-72z" fill="#c8685f"/><path d="M230 352h56" stroke="{PAPER}" stroke-width="8"/>',
    "bag": f'<path d="M136 200h208l18 176H118z" fill="{SOFT}"/><path d="M188 226v-52c0-70 104-70'
    f' 104 0v52" fill="none" stroke="{INK}" stroke-width="9"/>',
    "ring": '<circle cx="180" cy="250" r="66" fill="none" stroke="#c9a24b" stroke-width="15"/>'
    '<circle cx="306" cy="250" r="66" fill="none" stroke="#c9a24b" stroke-width="15"/>',
    "bottle": f'<path d="M212 108h56v48h-56z" fill="{INK}"/><rect x="176" y="160" width="128" '
    f'height="216" rx="22" fill="{WARM}"/><rect x="194" y="236" width="92" height="76" '
    f'fill="{PAPER}"/>',
    "lipstick": '<path d="M214 214v-78l52-26v104z" fill="#a8434b"/>'
    f'<rect x="206" y="214" width="68" height="52" fill="#c9a24b"/>'
    f'<rect x="196" y="266" width="88" height="110" rx="6" fill="{INK}"/>',
    "dryer": f'<path d="M118 160h196c66 0 66 108 0 108H118z" fill="{INK}"/>'
    f'<path d="M250 268l18 108h-58l-14-108z" fill="{WARM}"/>'
    f'<path d="M96 172h22v84H96z" fill="{SOFT}"/>',
    "candle": f'<rect x="164" y="206" width="152" height="166" rx="16" fill="{SOFT}"/>'
    f'<path d="M240 206v-28" stroke="{INK}" stroke-width="6"/>'
    f'<path d="M240 176c-26-26 0-44 0-66 22 24 26 44 0 66z" fill="{WARM}"/>',
    "mug": '<path d="M132 168h164v150c0 34-26 56-56 56h-52c-30 0-56-22-56-56z" fill="#8fa3ad"/>'
    '<path d="M296 204h34c52 0 52 104 0 104h-34" fill="none" stroke="#8fa3ad" '
    'stroke-width="22"/>',
    "blanket": f'<rect x="116" y="138" width="248" height="216" rx="14" fill="#b9c4b1"/>'
    f'<path d="M116 192h248M116 246h248M116 300h248M178 138v216M240 138v216M302 138v216" '
    f'stroke="{PAPER}" stroke-width="6"/>',
    "lamp": f'<path d="M140 226c0-110 200-110 200 0z" fill="{WARM}"/>'
    f'<path d="M228 226h24v118h-24zM176 344h128v26H176z" fill="{INK}"/>',
    "print": f'<rect x="142" y="110" width="196" height="264" fill="{PAPER}" stroke="{INK}" '
    f'stroke-width="9"/><path d="M176 308c24-90 50 20 66-46 14-56 40 40 62 46" fill="none" '
    f'stroke="{WARM}" stroke-width="9"/>',
    "card": f'<rect x="104" y="164" width="272" height="164" rx="16" fill="{WARM}"/>'
    f'<path d="M104 214h272" stroke="{PAPER}" stroke-width="12"/>'
    f'<circle cx="328" cy="286" r="20" fill="{PAPER}"/>',
    "file": f'<path d="M156 104h118l60 62v212H156z" fill="{PAPER}" stroke="{INK}" '
    f'stroke-width="7"/><path d="M190 236h110M190 276h110M190 316h72" stroke="{LEAF}" '
    f'stroke-width="9"/>',
}


def svg(name: str) -> str | None:
    """The drawing of this name, or None."""
    shape = SHAPES.get(name)
    if shape is None:
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480" width="480" height="480">'
        f'<rect width="480" height="480" fill="#ece7dc"/>{shape}</svg>'
    )

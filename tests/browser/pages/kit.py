"""The kit, as every area uses it."""

PAGES = (("kit", "/kit/"), ("kit-form", "/kit/form/"), ("kit-ask", "/kit/pause/"))

"""The kit, as every area uses it."""

ERRORS = (("error-broken", "/kit/broken/"), ("error-away", "/kit/away/"))
PAGES = (("kit", "/kit/"), ("kit-form", "/kit/form/"), ("kit-ask", "/kit/pause/"), *ERRORS)

"""The docs-site widget: what the browser gets, and the page that shows it."""

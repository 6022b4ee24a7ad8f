"""Where customers and agents meet the bot: HTTP and the widget on a docs site."""

"""What is asked of Twilio's REST API: messages of operators, and that bodies are forgotten."""

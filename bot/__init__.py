"""Chaski: orientation for refugees and migrants in Peru, on WhatsApp, SMS and the web."""

from app.main import run as main_handler

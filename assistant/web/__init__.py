"""The page in the browser. Importing this package first makes gradio quiet: no analytics, no calls to the model hub.

gradio and huggingface_hub read these variables while they are imported, so they are set before any module here imports
them. Whoever takes an embedding model from the hub sets HF_HUB_OFFLINE=0 beforehand.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

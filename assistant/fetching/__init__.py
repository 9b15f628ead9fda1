"""Web pages that users add: fetched from the public web only, within limits, and as their sites allow."""

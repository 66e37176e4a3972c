"""Scales images."""
import io
import posixpath

from PIL import Image, ImageOps


def key_for(key, size, prefix):
    """Return where the thumbnail of an object is stored: `thumbnails/128/cat.jpg`."""
    return posixpath.join(prefix, str(size), posixpath.splitext(key)[0] + ".jpg")


def make(data, size):
    """Return a JPEG that fits into a square of `size` pixels, the right way up."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    image = image.convert("RGB")
    image.thumbnail((size, size))
    thumbnail = io.BytesIO()
    image.save(thumbnail, "JPEG", quality=85)
    return thumbnail.getvalue()

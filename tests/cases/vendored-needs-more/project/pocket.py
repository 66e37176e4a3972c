import itsdangerous
import six

provider "aws" {
  region = "eu-west-1"
}

variable "password" {
  type      = string
  sensitive = true
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.app.key_id
  plaintext = var.password
}

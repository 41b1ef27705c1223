provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "password" {
  input = "correct horse battery staple"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_kms_ciphertext" "password" {
  key_id    = aws_kms_key.app.key_id
  plaintext = terraform_data.password.output
}

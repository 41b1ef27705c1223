provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  region              = "eu-central-1"
  enable_key_rotation = true
}

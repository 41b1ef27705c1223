provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_alias" "app" {
  name = "alias/app"
}

import {
  to = aws_kms_key.app
  id = data.aws_kms_alias.app.target_key_id
}

resource "aws_kms_key" "app" {
  description = "Application data"
}

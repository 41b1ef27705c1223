provider "aws" {
  region = "eu-west-1"
}

removed {
  from = aws_kms_key.app

  lifecycle {
    destroy = false
  }
}
